package table

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/schema"
)

// OpenAll opens sources as one table: the rows of the first, then of the second, and so on. All have the same columns, in any order: a name
// or type that only some have is an *Error that names both files. Numbers may differ in width: the column is then Float64, and so it is
// where some files hold integers and others fractions. What a CSV file's types seem to be gives way to what the others are.
func OpenAll(ctx context.Context, sources []Source) (*Table, error) {
	if len(sources) == 0 {
		return nil, errors.New("open a table of no files")
	}
	t := &Table{}
	files, err := openEach(ctx, sources)
	for _, f := range files {
		if f != nil {
			t.files = append(t.files, f)
		}
	}
	if err != nil {
		return nil, closing(err, t)
	}
	if err := t.join(); err != nil {
		return nil, closing(err, t)
	}
	return t, nil
}

// openEach opens sources side by side. Of several errors it gives that of the first source that has one.
func openEach(ctx context.Context, sources []Source) ([]*opened, error) {
	files, errs := make([]*opened, len(sources)), make([]error, len(sources))
	var next atomic.Int64
	var failed atomic.Bool
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(sources)) {
		group.Go(func() {
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= len(sources) {
					return
				}
				f, err := open(ctx, sources[i])
				if err == nil {
					files[i] = f
					err = f.addConstants()
				}
				if errs[i] = err; err != nil {
					failed.Store(true)
				}
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return files, err
		}
	}
	return files, nil
}

// addConstants puts the folders' columns behind those of the file.
func (o *opened) addConstants() error {
	for _, c := range o.constants {
		if position(o.rows.Names, c.Name) >= 0 {
			return &Error{File: o.name, Column: c.Name, Code: codeHeader, What: "the file has a column of this name, and so has a folder's name: nobody can tell which is meant"}
		}
		o.rows.Names = append(slices.Clip(o.rows.Names), c.Name)
	}
	return checkHeader(o.name, o.rows.Names)
}

// join makes the table of its files.
func (t *Table) join() error {
	first := t.files[0]
	t.Names = first.rows.Names
	for _, f := range t.files {
		t.Inputs = append(t.Inputs, evidence.File{Path: f.name, Size: f.file.size})
		f.before = t.Rows
		t.Rows += f.rows.Count
		for _, name := range f.rows.Names {
			if position(t.Names, name) < 0 {
				return differ(f, first, name)
			}
		}
		for _, name := range t.Names {
			if position(f.rows.Names, name) < 0 {
				return differ(first, f, name)
			}
		}
	}
	for i, name := range t.Names {
		if i < len(first.rows.Types) {
			typ, err := t.typeOf(name)
			if err != nil {
				return err
			}
			t.Types = append(t.Types, typ)
			continue
		}
		k := kind{}
		for _, f := range t.files {
			for _, c := range f.constants {
				if c.Name == name {
					k.see(c.Value)
				}
			}
		}
		t.Types = append(t.Types, k.is())
	}
	if t.Rows == 0 {
		what := "the file has columns and no rows"
		if len(t.files) > 1 {
			what = fmt.Sprintf("the %d files from this one on have columns and no rows", len(t.files))
		}
		return &Error{File: first.name, Code: codeNoRows, What: what}
	}
	if len(t.files) == 1 {
		t.Input = t.Inputs[0]
	}
	return nil
}

// differ is the error of a column that only one of two files has.
func differ(has, lacks *opened, name string) error {
	return &Error{File: lacks.name, Column: name, Code: codeFiles, What: fmt.Sprintf("no such column, and %s has it: files that are read as one have the same columns", has.name), Suggest: schema.Suggest(name, lacks.rows.Names)}
}

// typeOf is the type that holds a column's cells of all files.
func (t *Table) typeOf(name string) (Type, error) {
	var typ Type
	var loose bool
	var of *opened
	for _, f := range t.files {
		at := position(f.rows.Names, name)
		if at >= len(f.rows.Types) {
			return "", &Error{File: f.name, Column: name, Code: codeFiles, What: fmt.Sprintf("its folder says the value, and %s has a column of this name", of.name)}
		}
		other, free := f.rows.Types[at], f.rows.Loose != nil && f.rows.Loose[at]
		switch {
		case of == nil:
			typ, loose, of = other, free, f
		case other == typ:
			if loose && !free {
				loose, of = false, f
			}
		case typ.number() && other.number():
			typ = Float64
			loose = loose && free
		case !typ.readable() && !other.readable():
		case loose && free:
			typ = Text
		case loose:
			typ, loose, of = other, false, f
		case !free:
			return "", &Error{File: f.name, Column: name, Code: codeFiles, What: fmt.Sprintf("its type is %s, and %s in %s: files that are read as one have the same columns", other, typ, of.name)}
		}
	}
	return typ, nil
}

// number says that a type is of numbers.
func (t Type) number() bool { return t == Float64 || t == Float32 || t == Integer }

// readable says that a type is one of ours.
func (t Type) readable() bool { return t.number() || t == Boolean || t == Text }
