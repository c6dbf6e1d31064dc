package sweep

// Rows are n rows as columns of length n.
type Rows struct {
	Score  []float64   // finite; where there is only a prediction, that, as 0 or 1
	Rivals [][]float64 // other versions' scores of the same rows
	Label  []uint8     // 0 or 1
	Slice  [][]uint32  // one column a dimension: codes of its slices, below the dimension's size; a cross is a dimension of its own
}

// Plan is what a Tally counts. Two tallies merge only under the same plan.
type Plan struct {
	Cuts   []float64 // score >= cut is predicted positive; the first is the threshold. None: no confusion counts
	Sizes  []int     // one a dimension: its number of slices
	Rivals []float64 // one a rival: the threshold for its scores
	Eps    float64   // log loss clips scores to [Eps, 1-Eps], as scikit-learn does for the column's type
	Curves int       // overall ROC points at most; 0: none
}

// Tally is what was counted so far. Two of them merge exactly, wherever they were made.
type Tally struct {
	plan Plan
}

// New starts an empty tally.
func New(p Plan) *Tally { panic("unwritten") }

// Add counts rows. Columns of different lengths, a score that is not finite, a label above 1 or a code beyond its size are errors.
func (t *Tally) Add(r Rows) error { panic("unwritten") }

// Merge adds what u counted. Another plan is an error.
func (t *Tally) Merge(u *Tally) error { panic("unwritten") }

// Close ends the count: overall, and for each dimension its slices in the order of their codes.
func (t *Tally) Close() (overall Stats, slices [][]Stats, err error) { panic("unwritten") }

// Counts are confusion counts at one cut.
type Counts struct {
	TP int64 `json:"tp"`
	FP int64 `json:"fp"`
	TN int64 `json:"tn"`
	FN int64 `json:"fn"`
}
