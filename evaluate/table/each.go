package table

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// partRows is the longest part that a worker reads at a time, about: a row group as most writers have it.
const partRows = 1 << 20

// worker reads parts, one after the other, in one goroutine. What it has is used again for the next part.
type worker struct {
	number int
	cells  []*cells // of the part's file, in the order asked for

	chunks []*chunk // of Parquet: a column's decoder for each of cells
	zstd   unzstd

	wanted []*cells // all, with those of folders' names
	batch  []Column
}

func newWorker(number int, want []Want, types []Type, reuse bool) *worker {
	w := &worker{number: number, batch: make([]Column, len(want))}
	for i, x := range want {
		c := newCells(x, types[i])
		c.reuse = reuse
		w.wanted = append(w.wanted, c)
	}
	return w
}

// task is a piece of a worker's work: a part of a file or, without one, the file's digest.
type task struct {
	file int
	part *Part
}

// run is one reading of a table. Tasks are begun in order, and each that was begun is ended, so that of several errors the lowest is known.
type run struct {
	t     *Table
	want  []Want
	tasks []task
	do    func(worker int, b Batch) error

	lock   sync.Mutex
	next   int           // task to begin
	failed failure       // the lowest error of reading
	done   failure       // the lowest of do
	faulty int           // the lowest task with a wrong cell
	faults map[int]found // wrong cells by task
}

// failure is an error and its task.
type failure struct {
	task int
	err  error
}

// found are the wrong cells of one part, by wanted column.
type found [][faultKinds]faults

// errDo marks errors of do.
type errDo struct{ error }

func (t *Table) run(ctx context.Context, want []Want, from int64, workers int, reuse bool, do func(worker int, b Batch) error) error {
	types := make([]Type, len(want))
	for i, w := range want {
		at := slices.Index(t.Names, w.Name)
		if at < 0 {
			return t.missing(w.Name)
		}
		types[i] = t.Types[at]
	}
	if len(want) == 0 {
		return t.digest(ctx)
	}
	r := &run{t: t, want: want, do: do, faults: map[int]found{}}
	size := t.part
	if size == 0 {
		size = min(max(t.Rows/int64(4*workers)/batchRows, 1)*batchRows, partRows)
	}
	for i, f := range t.files {
		if f.file.digest() == "" && workers > 1 {
			r.tasks = append(r.tasks, task{file: i})
		}
		parts := f.rows.Parts(size)
		for k, p := range parts {
			if f.before+p.First+p.Rows > from {
				r.tasks = append(r.tasks, task{i, &parts[k]})
			}
		}
	}
	none := len(r.tasks)
	r.failed.task, r.done.task, r.faulty = none, none, none

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var hashing chan error
	if workers == 1 { // beside the one worker
		hashing = make(chan error, 1)
		go func() { hashing <- t.digest(ctx) }()
	}
	if workers == 1 {
		r.work(ctx, newWorker(0, want, types, reuse)) // in the caller's goroutine, so that a panic of do is the caller's
	} else {
		var group sync.WaitGroup
		for n := range min(workers, len(r.tasks)) {
			group.Go(func() { r.work(ctx, newWorker(n, want, types, reuse)) })
		}
		group.Wait()
	}
	err := r.error()
	if hashing == nil {
		return errors.Join(err, t.noteDigests(err))
	}
	if err != nil {
		cancel()
	}
	if hashed := <-hashing; err == nil {
		err = hashed
	}
	return err
}

// bound is the first task that need not be begun any more.
func (r *run) bound() int {
	if r.faulty < r.done.task { // the rest of the file is counted
		file := r.tasks[r.faulty].file
		end := r.faulty
		for end < len(r.tasks) && r.tasks[end].file == file {
			end++
		}
		return min(end, r.failed.task)
	}
	return min(r.done.task, r.failed.task)
}

// error is that of the lowest rows. A file's wrong cells are its error if all of it could be read.
func (r *run) error() error {
	if r.faulty < r.done.task && (r.failed.err == nil || r.tasks[r.failed.task].file > r.tasks[r.faulty].file) {
		return r.wrongCells()
	}
	if r.failed.err != nil && (r.failed.task < r.done.task || r.faulty < r.done.task) {
		return r.failed.err
	}
	return r.done.err
}

// wrongCells is the first wanted column's error in the first file that has one.
func (r *run) wrongCells() error {
	file := r.tasks[r.faulty].file
	all := make(found, len(r.want))
	for i, t := range r.tasks {
		if t.file != file {
			continue
		}
		for c, kinds := range r.faults[i] {
			for k, f := range kinds {
				all[c][k].merge(f)
			}
		}
	}
	f := r.t.files[file]
	for c, kinds := range all {
		for k, wrong := range kinds {
			if err := wrong.error(faultKind(k), f.name, r.want[c].Name, f.rows.Count); err != nil {
				return err
			}
		}
	}
	return nil
}

// work takes tasks until there are none.
func (r *run) work(ctx context.Context, w *worker) {
	for {
		r.lock.Lock()
		i := r.next
		if i >= r.bound() {
			r.lock.Unlock()
			return
		}
		r.next++
		r.lock.Unlock()
		var err error
		if t := r.tasks[i]; t.part == nil {
			_, err = r.t.files[t.file].file.sum(ctx)
		} else {
			err = r.part(ctx, w, i)
		}
		if err == nil {
			continue
		}
		r.lock.Lock()
		var d errDo
		if to := (failure{i, err}); errors.As(err, &d) {
			if to.err = d.error; i < r.done.task {
				r.done = to
			}
		} else if i < r.failed.task {
			r.failed = to
		}
		r.lock.Unlock()
	}
}

// ended says that a task's batches are of no use any more: an error of lower rows is known. Where only one of higher rows is, do may have one yet.
func (r *run) ended(task int) bool {
	r.lock.Lock()
	defer r.lock.Unlock()
	return task > min(r.failed.task, r.done.task) || task >= r.faulty
}

// part reads one.
func (r *run) part(ctx context.Context, w *worker, i int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	file, part := r.t.files[r.tasks[i].file], r.tasks[i].part
	w.cells = w.cells[:0]
	folders := make([]*Constant, len(w.wanted)) // of those that no file stores
	for k, c := range w.wanted {
		c.begin(part.First - 1)
		c.expect = int(min(part.Rows, batchRows))
		if at := slices.IndexFunc(file.constants, func(x Constant) bool { return x.Name == c.want.Name }); at >= 0 {
			folders[k] = &file.constants[at]
		} else {
			w.cells = append(w.cells, c)
		}
	}
	rows := int64(0) // given
	give := func() error {
		var n int
		if len(w.cells) > 0 {
			n = w.cells[0].length()
		} else {
			n = int(min(part.Rows-rows, batchRows))
		}
		if n == 0 {
			return ctx.Err()
		}
		for k, c := range w.wanted {
			if folders[k] != nil {
				c.repeat(*folders[k], n)
			}
			if c.length() != n {
				return &Error{File: file.name, Column: c.want.Name, Code: codeRows, What: fmt.Sprintf("%d values from row %d and other columns have %d", c.length(), part.First+rows, n)}
			}
			w.batch[k] = c.take()
		}
		b := Batch{First: file.before + part.First + rows, Columns: w.batch}
		if !w.wanted[0].reuse {
			b.Columns = slices.Clone(w.batch)
		}
		rows += int64(n)
		for _, c := range w.wanted {
			c.expect = int(max(min(part.Rows-rows, batchRows), 0))
		}
		if rows > part.Rows {
			return &Error{File: file.name, Code: codeRows, What: fmt.Sprintf("more than the %d rows came that the file says follow row %d", part.Rows, part.First-1)}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if slices.ContainsFunc(w.wanted, (*cells).faulty) {
			r.lock.Lock()
			r.faulty = min(r.faulty, i)
			r.lock.Unlock()
		}
		if r.ended(i) {
			return nil
		}
		if err := r.do(w.number, b); err != nil {
			return errDo{err}
		}
		return nil
	}
	var err error
	if len(w.cells) > 0 {
		err = part.Read(ctx, w, give)
	} else {
		for rows < part.Rows && err == nil {
			err = give()
		}
	}
	if err != nil {
		return err
	}
	if rows != part.Rows {
		return &Error{File: file.name, Code: codeRows, What: fmt.Sprintf("%d rows came from row %d on and the file said %d", rows, part.First, part.Rows)}
	}
	if !slices.ContainsFunc(w.wanted, (*cells).faulty) {
		return nil
	}
	wrong := make(found, 0, len(w.wanted))
	for _, c := range w.wanted {
		wrong = append(wrong, c.wrong)
	}
	r.lock.Lock()
	r.faults[i] = wrong
	r.lock.Unlock()
	return nil
}

// digest takes the digests that are not known, one file after the other.
func (t *Table) digest(ctx context.Context) error {
	for _, f := range t.files {
		if _, err := f.file.sum(ctx); err != nil {
			return err
		}
	}
	return t.noteDigests(nil)
}

// noteDigests puts them where the caller finds them.
func (t *Table) noteDigests(err error) error {
	if err != nil {
		return nil
	}
	t.lock.Lock()
	defer t.lock.Unlock()
	for i, f := range t.files {
		t.Inputs[i].SHA256 = f.file.digest()
	}
	if len(t.files) == 1 {
		t.Input = t.Inputs[0]
	}
	return nil
}
