// Package registrytest is the contract of a registry backend: versions are immutable, one of racing promotions wins, a lost lease decides
// nothing, a crash after any step heals, nothing moves without its record, and evidence is not to be fooled.
//
// A backend's own test calls [Run] with a function that opens an empty store. [World] is the fixture that it uses, for tests of a backend's own.
package registrytest
