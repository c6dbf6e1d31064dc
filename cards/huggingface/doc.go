// Package huggingface writes a [cards.Card] as the README.md of a Hugging Face repository: YAML front matter that huggingface_hub loads and
// validates, and Mitchell's nine sections with the gates in Markdown.
//
// Each group's figures stand in a result of their own: huggingface_hub regroups results by task, dataset type, config, split and revision alone,
// and would put the figures of two groups that differ only in their names under one of them. So the group is in dataset.config, and in the
// metric's args and name besides. Start with [Form].
package huggingface
