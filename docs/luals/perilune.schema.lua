---@meta perilune.schema

---@class GenerateOptions
---@field title? string Title of the schema.
---@field description? string Description of the schema.
---@field required? boolean Every property of the sample is required.
---@field formats? boolean Strings get the format that they have.
---@field additional_properties? boolean Whether other properties are allowed; not said unless given.

---Something that does not fit.
---@class SchemaError
---@field path string Where, as a JSON pointer: "/items/0/name" (items count from 0); "" for the whole.
---@field message string What.

---A compiled schema. Wherever one is taken, a definition will do.
---@class Schema
---@field id string Its id, which functions accept in its place.
---@field definition table The schema as a table.
local Schema = {}

---Checks a value.
---@param value any Any data.
---@return boolean ok # Whether it fits.
---@return SchemaError[] errors # What does not; empty when it fits.
function Schema:validate(value) end

---Makes a value fit where its meaning is plain: "42" → 42, "yes" → true, one item → a list of one, defaults filled in.
---@param value any Any data; it is not changed.
---@return any value # The value that fits as well as can be.
---@return SchemaError[] errors # What still does not.
function Schema:coerce(value) end

---Finds data that fits in free text: JSON in it, mended if need be, else "name: value" pairs.
---@param text string What a model or a person wrote.
---@return any value # The data, coerced; nil when there is none.
---@return SchemaError[] errors # What does not fit.
---@return string source # "json", "pairs" or "none".
function Schema:extract(text) end

---What a schema is about.
---@return table # `title`, `description`, `types`, `properties` (names), `required`, `size` (schemas in it), `depth`, `definition`.
function Schema:get_info() end

---JSON Schema (2020-12): check, coerce, infer and extract structured data.
---@class perilune.schema
---@field Type { OBJECT: "object", ARRAY: "array", STRING: "string", NUMBER: "number", INTEGER: "integer", BOOLEAN: "boolean", NULL: "null" }
---@field Format { EMAIL: "email", URI: "uri", DATE: "date", UUID: "uuid" }
local schema = {}

---Compiles a definition and keeps it under an id.
---@param definition table A JSON Schema (2020-12) as a table.
---@param id? string Its id; a new one unless given.
---@return Schema # For the other functions.
function schema.create(definition, id) end

---Checks a definition and compiles it, without keeping it under an id that others could use.
---@param definition table A JSON Schema (2020-12) as a table.
---@return Schema # For the other functions.
function schema.compile(definition) end

---Checks a value.
---@param schema Schema|string A schema, its id, or a definition.
---@param value any Any data.
---@return boolean ok # Whether it fits.
---@return SchemaError[] errors # What does not; empty when it fits.
function schema.validate(schema, value) end

---Makes a value fit where its meaning is plain: "42" → 42, "yes" → true, one item → a list of one, defaults filled in.
---@param schema Schema|string A schema, its id, or a definition.
---@param value any Any data; it is not changed.
---@return any value # The value that fits as well as can be.
---@return SchemaError[] errors # What still does not.
function schema.coerce(schema, value) end

---Infers a definition that a sample fits.
---@param sample any A value; items of an array share one schema.
---@param options? GenerateOptions What to say besides.
---@return table # The definition.
function schema.generate(sample, options) end

---Finds data that fits in free text: JSON in it, mended if need be, else "name: value" pairs.
---@param schema Schema|string A schema, its id, or a definition.
---@param text string What a model or a person wrote.
---@return any value # The data, coerced; nil when there is none.
---@return SchemaError[] errors # What does not fit.
---@return string source # "json", "pairs" or "none".
function schema.extract(schema, text) end

---One definition for what fits all of several.
---@param ... any Definitions or schemas.
---@return table # The definition.
function schema.merge(...) end

---What a schema is about.
---@param schema Schema|string A schema, its id, or a definition.
---@return table # `title`, `description`, `types`, `properties` (names), `required`, `size` (schemas in it), `depth`, `definition`.
function schema.get_info(schema) end

return schema
