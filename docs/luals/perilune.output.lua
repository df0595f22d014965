---@meta perilune.output

---@class ParseOptions
---@field nulls? boolean Keep null apart from nil.

---@class FormatOptions
---@field indent? integer Spaces of one level; JSON 0, others 2 unless given.
---@field sort_keys? boolean JSON: keys in order.
---@field root? string XML: name of the outermost element.

---@class ExtractOptions
---@field all? boolean A list of all of them, instead of the first.
---@field strict? boolean Only what is valid as it stands.

---@class RecoverOptions
---@field mode? "strict"|"lenient"|"best_effort" One of `output.Recovery`: STRICT mends nothing, LENIENT mends the syntax, BEST_EFFORT also looks for JSON in prose.
---@field schema? Schema|string A schema, its id, or a definition.

---A block of code in Markdown.
---@class CodeBlock
---@field language string "lua"; "" when not said.
---@field code string Its text.

---How a text was recovered.
---@class RecoverInfo
---@field repaired boolean The text was not valid as it stood.
---@field changes string[] What was done, in words.
---@field errors SchemaError[] What does not fit the schema.

---Structured text: parse and write JSON, YAML, XML and Markdown, find data in prose, mend what is broken.
---@class perilune.output
---@field Format { JSON: "json", YAML: "yaml", XML: "xml", MARKDOWN: "markdown", PLAIN: "plain" }
---@field Recovery { STRICT: "strict", LENIENT: "lenient", BEST_EFFORT: "best_effort" }
local output = {}

---The data of a text.
---@param text string The text.
---@param format? "json"|"yaml"|"xml"|"markdown"|"plain" Its format; detected unless given.
---@param options? ParseOptions How.
---@return any # The data.
function output.parse(text, format, options) end

---A value as text.
---@param value any The data.
---@param format? "json"|"yaml"|"xml"|"markdown"|"plain" JSON unless given.
---@param options? FormatOptions How.
---@return string # The text.
function output.format(value, format, options) end

---Which format a text is in.
---@param text string The text.
---@return string format # One of `output.Format`.
---@return number confidence # 0 to 1.
function output.detect_format(text) end

---Whether a text is valid in a format.
---@param text string The text.
---@param format "json"|"yaml"|"xml"|"markdown"|"plain" One of `output.Format`.
---@return boolean ok # Whether it is.
---@return table[] errors # Tables with `message`, and `line` and `column` where they are known.
function output.validate_format(text, format) end

---JSON out of prose: objects and arrays anywhere in a text, mended where needed.
---@param text string The text.
---@param options? ExtractOptions Which.
---@return any # The first value, or nil; with `all` a list.
function output.extract_json(text, options) end

---The code blocks of a text.
---@param text string The text.
---@param language? string Only those of a language.
---@return CodeBlock[] # In order.
function output.extract_markdown(text, language) end

---Data out of broken JSON, made to fit a schema if one is given.
---@param text string The text.
---@param options? RecoverOptions How far to go.
---@return any value # The data.
---@return RecoverInfo info # What was done.
function output.recover(text, options) end

---A schema that a text's data fits.
---@param text string The text.
---@param format? "json"|"yaml"|"xml"|"markdown"|"plain" Its format; detected unless given.
---@return table # The definition.
function output.get_schema(text, format) end

return output
