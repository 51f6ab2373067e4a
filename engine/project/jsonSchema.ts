/** The JSON schema of `equipoise.yaml`, for editors that know schemas only. */
import { lossIds } from "#protocol/losses.ts";
import {
  type ChoiceField,
  type Field,
  lossFields,
  type NumberField,
  type ObjectField,
  projectField,
} from "./schema.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema, draft 7, made from the one description of the file. */
export function projectJsonSchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Equipoise project",
    ...schemaOf(projectField),
  };
}

function schemaOf(field: Field): JsonSchema {
  switch (field.kind) {
    case "number":
      return numberSchema(field);
    case "choice":
      return choiceSchema(field);
    case "flag":
      return { type: "boolean", description: field.description, ...withDefault(field.default) };
    case "path":
      return { type: "string", minLength: 1, description: field.description };
    case "object":
      return objectSchema(field);
    case "mapping":
      return { type: "object", description: field.description, additionalProperties: schemaOf(field.value) };
    case "choice-or-object":
      return { description: field.description, anyOf: [schemaOf(field.choice), schemaOf(field.object)] };
    case "loss":
      return { description: field.description, oneOf: lossIds.map(lossSchema) };
  }
}

function numberSchema(field: NumberField): JsonSchema {
  const { minimum, maximum } = field;
  return {
    type: field.integer ? "integer" : "number",
    description: field.description,
    ...(minimum === undefined ? {} : { [field.exclusiveMinimum ? "exclusiveMinimum" : "minimum"]: minimum }),
    ...(maximum === undefined ? {} : { [field.exclusiveMaximum ? "exclusiveMaximum" : "maximum"]: maximum }),
    ...withDefault(field.default),
  };
}

function choiceSchema({ description, choices, details, default: fallback }: ChoiceField): JsonSchema {
  return {
    type: "string",
    description,
    enum: choices,
    // Not in the standard; VS Code shows these beside the choices.
    ...(details ? { enumDescriptions: choices.map((choice) => details[choice] ?? "") } : {}),
    ...withDefault(fallback),
  };
}

function objectSchema({ description, fields, required }: ObjectField): JsonSchema {
  return {
    type: "object",
    description,
    properties: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, schemaOf(field)])),
    ...(required ? { required } : {}),
    additionalProperties: false,
  };
}

function lossSchema(id: (typeof lossIds)[number]): JsonSchema {
  const field = lossFields(id);
  const { id: _, ...parameters } = field.fields;
  const schema = objectSchema({ ...field, fields: parameters });
  return { ...schema, properties: { id: { const: id }, ...(schema["properties"] as object) } };
}

function withDefault(value: unknown): JsonSchema {
  return value === undefined ? {} : { default: value };
}
