// Package blobs keeps files by their content: the object sha256:abcdef… lies at sha256/ab/cdef… in a folder.
//
// In: bytes, and the digest that they must have. Out: the same bytes, hashed again as they are read. An object is there whole or not at all,
// whatever fails while it is put; it is never changed, and never deleted here. Nothing outside the folder is reached, by any link.
// Start with [Open], [Dir.Put] and [Dir.Get].
package blobs
