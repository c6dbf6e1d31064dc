// Package pipeline does the whole job, step by step, in the order of the picture in docs/architecture.md.
//
// In: a [Config] (gatecard.yaml) and a [Job] (flags, environment, clock). Out: a [render.View] of all that was found and done.
// A step is a call into one package; what is decided, is decided there. What only looks needs no key and writes nothing; what writes opens the
// registry to write ([Job]) after the rows were read and found good. The library's front door: start with [Load] and [Run]; [Classify] says whose
// an error is, and its code.
package pipeline
