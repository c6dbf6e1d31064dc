package registry

import (
	"strings"

	"github.com/gatecard/gatecard/evidence"
)

// The stages, MLflow's. A version is in one of them. Staging and Production have one holder at most; Archived and None, any number.
const (
	None       evidence.Target = "None"
	Staging    evidence.Target = "Staging"
	Production evidence.Target = evidence.Production
	Archived   evidence.Target = "Archived"
)

// ChampionAlias is the alias whose version others are compared with.
const ChampionAlias = evidence.ChampionAlias

// IsStage says whether t is a stage.
func IsStage(t evidence.Target) bool {
	return t == None || t == Staging || t == Production || t == Archived
}

// Alias gives the name of an alias, without its "@".
func Alias(t evidence.Target) (name string, ok bool) { return strings.CutPrefix(string(t), "@") }

// Exclusive says whether the target points at one version at most.
func Exclusive(t evidence.Target) bool { return t != None && t != Archived }
