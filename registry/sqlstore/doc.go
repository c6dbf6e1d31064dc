// Package sqlstore keeps registry and ledger in one SQLite file, and the bytes of artifacts and attachments in a folder beside it.
//
// What a method changes and its record in the audit log are one transaction, which is on the disk before the method returns. Several processes
// may use the file at once. What was registered, logged or signed is never changed: the database itself refuses. Start with [Open].
package sqlstore
