// Package table reads rows.
//
// In: a file of one of the [Formats]. Out: batches of typed columns, only those asked for. A file that lies about its size or rows is an
// [Error]. It knows no label or score. Start with [Open].
package table
