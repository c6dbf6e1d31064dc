package schema

import "maps"

// Codes are this package's problem codes, with what `gatecard explain` says of each.
func Codes() map[string]string { return maps.Clone(codes) }

var codes = map[string]string{
	"ambiguous-number": `A number is written with a leading zero, as 010. YAML 1.2 reads ten, YAML 1.1 reads eight, so two tools would see two thresholds in one file. Write the number without the zero; if it is an identifier, as a postal code, put it in quotes.`,

	"control-character": `The file holds a character that cannot be seen, or a line break that only some readers take for one (U+0085, U+2028, U+2029, a lone carriage return). What a person reads and what the program reads could differ. Remove the character; text pasted from a web page or a PDF often brings one. In double quotes it can be written as an escape, "\u2028".`,

	"duplicate-item": `A list that holds each thing once holds one twice. The second is either a mistake or does nothing. Remove one of them.`,

	"duplicate-key": `A key is written twice in one mapping. Most readers keep the last silently, some the first: a second "threshold" further down would change verdicts unseen. Keys that mean the same (1 and 01) or read the same (1 and "1") are one key. Remove one of them.`,

	"empty-file": `The file holds no value: it is empty, or all of it is comments. An empty file is more often a broken copy than a wish, so nothing is assumed. Write the keys, or run "gatecard init" for a file to start from.`,

	"empty-key": `Something stands before ":" that is no key: nothing at all, or YAML's null (~). A mapping with such a key reads differently elsewhere. Write the key; if its text is really "null" or "~", put it in quotes.`,

	"integer-too-large": `An integer lies beyond 2^53 (9007199254740992). There JSON readers, JavaScript among them, skip integers, so the number would be changed on its way. Identifiers belong in quotes; for a large measure write a decimal, as 1.5e17.`,

	"json-syntax": `The file is named .json and is not JSON. JSON has no comments, no trailing commas, double quotes only, and the words true, false and null. JSON is never read as YAML, because a file would then mean two things. Repair the place that is told, or write the file as YAML.`,

	"key-not-scalar": `A key is itself a list or a mapping. YAML allows that, JSON does not, and nothing here has such keys. If the key is text that begins with "[" or "{", put it in quotes.`,

	"missing-key": `A key that is needed is not there. Nothing is assumed for it, since a guess would change what the figures mean. Write the key; "gatecard schema NAME" shows what each key means.`,

	"not-allowed-value": `The value is none of those that are possible here, or none is possible. Capitals count. Write one of those that the message lists.`,

	"not-finite": `A number is not finite: .nan, .inf, NaN, Infinity, or one that is larger than any double, as 1e400. No comparison with NaN is ever true, so a gate with such a bound would decide nothing. Write a finite number; if you want no bound, leave the key out.`,

	"not-one-form": `Keys that exclude each other are written together, or the value can be understood in more than one way. Only one of them would be used, and nobody would see which. Keep the one that you mean.`,

	"not-utf8": `The file is not UTF-8, or holds half of a character. Readers replace such bytes each in its own way, so names could change or become equal. Save the file as UTF-8: most editors offer it under "save with encoding".`,

	"out-of-range": `A number lies outside of what is possible here. A share is written as a fraction of 1, so 5 % is 0.05. The message tells the limit.`,

	"several-documents": `The file holds several YAML documents, parted by "---". Only one of them would be used. Put them into one, or into files of their own.`,

	"too-big": `The file has more bytes or more values than are read. The limits are far above what people and this program write, and keep a hostile file from using up the memory. If it is a real file, check that it is the right one: rows of data belong in Parquet, CSV or JSONL.`,

	"too-deep": `Mappings and lists lie more than 64 deep within one another. No file of ours comes near, and hostile ones exhaust the memory of readers that way. Check the brackets: mostly some are not closed.`,

	"trailing-data": `After the end of the JSON value something follows. A reader that stops at the end would not see it, so it could hide there. Remove it; for one value a line the format is JSONL, which is read as data only.`,

	"unknown-key": `The key is not known in this place. A misspelt key that were ignored could switch a gate off silently, so unknown keys are refused, and capitals count. Correct the key or remove it; where a similar one is known, the message names it. Also look whether it stands at the right depth.`,

	"unquoted-hash": `A value starts with "#", which begins a comment in YAML: the value is then empty, silently. Put it in quotes: channel: "#ml-risk". A comment behind an empty value is written with a space: # like this.`,

	"wrong-form": `The text has not the form that is wanted here, as a time, a duration (90d) or a digest. It would be understood wrongly or not at all. The message gives an example, or the pattern.`,

	"wrong-size": `A list, mapping or text has too few or too many parts; mostly it is empty. An empty list in a place that asks for something would ask for nothing. Write what is missing, or remove the key if it may be left out.`,

	"wrong-type": `The value is of another type than wanted: text for a number, a number for text, one value for a list. Nothing is converted silently, since "1", 1 and true are different labels. The message says what to write. By YAML 1.2, yes, no, on, off and dates are text; 1e3 is a number.`,

	"wrong-value": `The value has the right type, and is still refused by what it is for; the message says why. Correct the value.`,

	"yaml-alias": `The file uses an anchor (&name) or an alias (*name). An alias makes one place mean what another says, so a small file can grow without bound, and a change in one place is not seen in the other. Write the value out. A pattern such as *.onnx is text and must be quoted: "*.onnx".`,

	"yaml-merge": `The file uses YAML's merge key "<<". Which key wins differs between readers, and YAML 1.2 no longer has it. Write the keys out.`,

	"yaml-syntax": `The file is not YAML. Mostly a value needs quotes: one that starts with @, a backtick, *, &, !, %, [ or {, or that holds ": " or " #". Otherwise look at the indentation: spaces only, and alike for all keys of a mapping. The message tells the place.`,

	"yaml-tag": `A value has a tag, as !!str or !custom. Tags change what a value is, each reader knows others, and some make programs run. Remove the tag; text is marked by quotes.`,
}
