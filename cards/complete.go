package cards

import (
	"regexp"
	"strings"
)

// Missing lists the fields that a complete card has and that are empty here, or hold only a placeholder, in the order of the card.
//
// The rule, by Mitchell's nine sections (Mitchell et al. 2019, doi:10.1145/3287560.3287596). A person must have written:
//
//   - model details: name, type, description, license, contact (name is filled from the model);
//   - intended use: primary use, users, and what is out of scope;
//   - evaluation data and training data: what they are;
//   - ethical considerations: at least one concern;
//   - caveats: at least one limitation or caveat.
//
// Factors, metrics and quantitative analyses are met by the evaluation, which looks at the policy's groups; their words (factors, metrics_rationale)
// are recommended only. A card without an evaluation lacks "evaluation": typed figures do not stand in for it.
func Missing(w Words) []string {
	var paths []string
	need := func(path string, written ...string) {
		for _, s := range written {
			if !Placeholder(s) {
				return
			}
		}
		paths = append(paths, path)
	}
	need("model_details.name", w.ModelDetails.Name)
	need("model_details.type", w.ModelDetails.Type)
	need("model_details.description", w.ModelDetails.Description)
	need("model_details.license", w.ModelDetails.License)
	need("model_details.contact", w.ModelDetails.Contact)
	need("intended_use.primary_use", w.IntendedUse.PrimaryUse)
	need("intended_use.intended_users", w.IntendedUse.IntendedUsers...)
	need("intended_use.out_of_scope", w.IntendedUse.OutOfScope...)
	need("training_data.description", w.TrainingData.Description)
	need("evaluation_data.description", w.EvaluationData.Description)
	need("limitations", append(w.Limitations[:len(w.Limitations):len(w.Limitations)], w.Caveats...)...)
	var concerns []string
	for _, c := range w.EthicalConsiderations {
		concerns = append(concerns, c.Concern)
	}
	need("ethical_considerations", concerns...)
	return paths
}

func missing(c *Card) []string {
	paths := Missing(c.Words)
	if c.Evaluation == nil {
		paths = append(paths, "evaluation")
	}
	return paths
}

var (
	// wholePlaceholder is a text that is nothing else: "…", "<your e-mail>", "[More Information Needed]", "n/a".
	wholePlaceholder = regexp.MustCompile(`(?is)^(?:[.…\-–—_?*\s]*|<[^<>]*>|\[[^\[\]()]*(?:needed|here|optional|your)[^\[\]()]*\]|\{\{.*\}\}|n/?a|none yet|unknown|placeholder|lorem ipsum.*|fill (?:me |this )?in.*|to be (?:done|written|added|determined|announced|defined)\b.*|describe\b.*)$`)
	// partPlaceholder makes a text unfinished wherever it stands.
	partPlaceholder = regexp.MustCompile(`(?:^|[^\pL\pN])(?:TODO|TBD|TBA|TBC|FIXME|XXX)(?:$|[^\pL\pN])|(?i:^\s*(?:todo|tbd|tba|tbc|fixme|xxx)(?:$|[\s:.,;!?…-]))`)
)

// Placeholder says whether a text is empty or stands for one that is still to be written: "TODO", "tbd", "…", "<contact>", "describe …",
// as `gatecard init` and other tools write them.
func Placeholder(s string) bool {
	s = strings.TrimSpace(s)
	return s == "" || wholePlaceholder.MatchString(s) || partPlaceholder.MatchString(s)
}
