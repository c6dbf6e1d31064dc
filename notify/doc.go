// Package notify tells people what the ledger's log says: at least once, and in order for each model.
//
// In: a store, whose ledger keeps for each [Reader] how far in the log it has come. Out: messages, and an error for what could not be told,
// which stays for the next time. It never changes a verdict, and no error of it holds a secret. Start with [Config], [Readers] and [Send].
package notify
