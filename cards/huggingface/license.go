package huggingface

import (
	"slices"
	"strings"
)

// licenses are the ids that the Hub knows (huggingface.co/docs/hub/repositories-licenses, November 2026).
var licenses = strings.Fields(`apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m afl-3.0
artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0
cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0
cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1
lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl mpl-2.0 odc-by odbl openmdw-1.0 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl
lgpl-lr deepfloyd-if-license fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 grok2-community gemma`)

// licenseNames are other ways in which people write them.
var licenseNames = map[string]string{
	"apache": "apache-2.0", "apache 2": "apache-2.0", "apache 2.0": "apache-2.0", "apache license 2.0": "apache-2.0", "apache license, version 2.0": "apache-2.0",
	"mit license": "mit", "the mit license": "mit", "bsd 3-clause": "bsd-3-clause", "bsd-3": "bsd-3-clause", "bsd 2-clause": "bsd-2-clause",
	"gplv3": "gpl-3.0", "gpl v3": "gpl-3.0", "gpl-3.0-only": "gpl-3.0", "gpl-3.0-or-later": "gpl-3.0", "gpl-2.0-only": "gpl-2.0", "gpl-2.0-or-later": "gpl-2.0",
	"agpl-3.0-only": "agpl-3.0", "agpl-3.0-or-later": "agpl-3.0", "lgpl-3.0-only": "lgpl-3.0", "lgpl-3.0-or-later": "lgpl-3.0", "lgpl-2.1-only": "lgpl-2.1",
	"lgpl-2.1-or-later": "lgpl-2.1", "mpl 2.0": "mpl-2.0", "cc by 4.0": "cc-by-4.0", "cc0": "cc0-1.0", "cc by-sa 4.0": "cc-by-sa-4.0", "cc by-nc 4.0": "cc-by-nc-4.0",
}

// licenseID is the Hub's id of a license; "" where it has none.
func licenseID(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if slices.Contains(licenses, s) {
		return s
	}
	return licenseNames[s]
}
