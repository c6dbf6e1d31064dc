package cards

import (
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// SchemaID names the shape of card.json.
const SchemaID = "https://github.com/gatecard/gatecard/schema/filled-card/v1.json"

// Card is card.json. Figures in Words are as typed; all others are in Evaluation, with dataset, slice and interval.
type Card struct {
	Schema string `json:"schema"`
	Words
	Model      string               `json:"model"`             // its name in the registry
	Filled     map[string]string    `json:"filled,omitempty"`  // path of a field that was empty in card.yaml, to what filled it
	Missing    []string             `json:"missing,omitempty"` // what keeps the card from being complete: paths
	Evaluation *evaluate.Evaluation `json:"evaluation,omitempty"`
	Report     *gates.Report        `json:"report,omitempty"`
	Version    *evidence.Version    `json:"registry_version,omitempty"` // nil: not registered
}

// Words are card.yaml, by Mitchell's sections: what only a person can write.
type Words struct {
	ModelDetails          Details   `json:"model_details,omitzero"`
	IntendedUse           Use       `json:"intended_use,omitzero"`
	Factors               []string  `json:"factors,omitempty"` // which groups, instruments and surroundings matter, and why these
	TrainingData          Data      `json:"training_data,omitzero"`
	EvaluationData        Data      `json:"evaluation_data,omitzero"`
	Metrics               Typed     `json:"metrics,omitzero"`            // figures as typed
	MetricsRationale      string    `json:"metrics_rationale,omitempty"` // why these metrics fit this system
	Limitations           []string  `json:"limitations,omitempty"`
	EthicalConsiderations []Concern `json:"ethical_considerations,omitempty"`
	Caveats               []string  `json:"caveats,omitempty"`
	ModelCardVersion      string    `json:"model_card_version,omitempty" jsonschema_extras:"x-text=true"`
	LastUpdated           string    `json:"last_updated,omitempty" jsonschema_extras:"x-text=true"`
	ApprovedBy            string    `json:"approved_by,omitempty"`
}

// Details are section 1.
type Details struct {
	Name         string `json:"name,omitempty"`
	Version      string `json:"version,omitempty" jsonschema_extras:"x-text=true"` // the author's label
	Type         string `json:"type,omitempty"`
	Description  string `json:"description,omitempty"`
	License      string `json:"license,omitempty"`
	Contact      string `json:"contact,omitempty"`
	TrainingDate string `json:"training_date,omitempty" jsonschema_extras:"x-text=true"`
	Framework    string `json:"framework,omitempty"`
	RegistryURI  string `json:"registry_uri,omitempty"`
}

// Use is section 2.
type Use struct {
	PrimaryUse    string   `json:"primary_use,omitempty"`
	IntendedUsers []string `json:"intended_users,omitempty"`
	OutOfScope    []string `json:"out_of_scope,omitempty"`
}

// Data is a dataset in a person's words.
type Data struct {
	Description   string `json:"description,omitempty"`
	Size          string `json:"size,omitempty"`
	Preprocessing string `json:"preprocessing,omitempty"`
	Note          string `json:"note,omitempty"`
}

// Concern is a risk and what is done about it.
type Concern struct {
	Concern    string `json:"concern"`
	Mitigation string `json:"mitigation,omitempty"`
}

// Typed are figures as a person typed them: overall by metric, and by dimension, group and metric.
type Typed struct {
	Overall  map[string]float64                       `json:"overall,omitempty"`
	PerGroup map[string]map[string]map[string]float64 `json:"per_group,omitempty"`
}

// Form is a foreign card form; lost is what the other side cannot hold. Read is nil where it has no reader.
type Form struct {
	Name, File string
	Write      func(*Card) (b []byte, lost []string, err error)
	Read       func(b []byte) (w Words, lost []string, err error)
}
