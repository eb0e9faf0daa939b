package schema

// Form says how the value of a kept keyword is written.
type Form int

// Forms. Integer forms also accept what the other one writes.
const (
	AsIs          Form = iota // as the client wrote it
	Integer                   // 1, for "1" too (JSON Schema)
	IntegerString             // "1", as int64 fields of protocol buffers are written
)

// Null says how a reader is told that null is allowed.
type Null int

// Ways to say null.
const (
	// NullInType: "type": ["string", "null"]; more types than one are
	// said in the same way.
	NullInType Null = iota
	// NullAsFlag: "nullable": true; "type" is one string, and more types
	// are said as branches of anyOf.
	NullAsFlag
	// NullAsBranch: "anyOf": [{…}, {"type": "null"}]; "type" is one string.
	NullAsBranch
)

// Enum says which values a reader takes in enum.
type Enum int

// Enum rules.
const (
	// EnumAny takes any values.
	EnumAny Enum = iota
	// EnumSpelled takes strings, and for a number its text as a string
	// beside the number's type: {"type": "INTEGER", "enum": ["101"]}.
	EnumSpelled
	// EnumStringsOnly takes enum beside the type string alone. Numbers keep
	// their type and lose the enum to minimum and maximum, with a Note;
	// to call them strings would change what the model answers.
	EnumStringsOnly
)

// Dialect is what one reader of schemas takes. It is plain data; a zero
// Dialect takes nothing.
//
// Keywords that are missing in Keep are said by others where the language
// has a way: $ref by what it refers to, const by enum, oneOf by anyOf, allOf
// by the merged schema, if/then/else and dependentSchemas by their properties
// made optional, prefixItems by items with anyOf, exclusive bounds by
// inclusive ones, examples by example and back, definitions by $defs and
// back. Whatever remains is dropped with a Note.
type Dialect struct {
	// Name stands in notes, "… is not taken by <Name>": "Gemini's Schema".
	Name string
	// Keep lists the keywords that are taken, in JSON Schema's spelling, and
	// how their values are written. "type" and the word for null need not
	// stand here. "propertyOrdering", where kept, is written for every
	// object that has properties.
	Keep map[string]Form
	// KeepUnknown keeps keywords that no draft and no OpenAPI knows.
	KeepUnknown bool
	// Silent lists keywords whose loss means nothing to the answer
	// ("$schema", "$id", "$comment"): no Note is made for them.
	Silent map[string]bool

	// UpperTypes spells "STRING" for "string".
	UpperTypes bool
	Null       Null
	Enum       Enum
	// NoEmptyEnum drops "" from enums, with a Note.
	NoEmptyEnum bool
	// Formats lists the formats taken, by type in lower case. Where it is
	// nil all are kept; others are dropped with a Note.
	Formats map[string][]string
	// RefAlone: beside $ref only keywords that begin with "$" are taken.
	// Elsewhere what is referred to is written out once.
	RefAlone bool

	// Explicit: every schema must say its type, and an array its items.
	// A type that is not said is found from the other keywords.
	Explicit bool
	// Any is what stands for "anything" where Explicit and nothing tells a
	// type: members of a schema in JSON Schema's spelling, e.g.
	// {"type": "object"}. Using it makes a Note. Empty: {}.
	Any string
	// KnownRequired drops from required what is not among the properties.
	KnownRequired bool
}

// Standard is JSON Schema 2020-12 with everything kept: what the neutral
// model holds. Converting to it is the way in from Gemini's Schema.
var Standard = Dialect{
	Name:        "JSON Schema",
	Keep:        standardKeep,
	KeepUnknown: true,
	Null:        NullInType,
}
