// Package table reads rows.
//
// In: a file of one of the [Formats], or many files as one table. Out: batches of typed columns, only those asked for. A file that lies about
// its size or rows, or changes while it is read, is an [Error]. It knows no label or score. Start with [Open], or with [FromPath] and
// [OpenAll]; [Table.Load] gives columns whole, and [Table.Each] gives batches to several goroutines.
package table
