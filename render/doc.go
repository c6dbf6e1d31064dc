// Package render makes pages of a [View]: Markdown, HTML with charts, terminal, JUnit.
//
// It computes nothing, and escapes whatever comes from data. Start with [View] and [Formats].
package render
