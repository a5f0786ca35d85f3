/**
 * How does it look on the wire? JSON in, records out, and records in, JSON out: the contract of the
 * topics, field by field. Pure Java and Jackson, no Flink; depends on {@code model} and {@code
 * rules}.
 *
 * <p>What comes in is hostile until proved good. Documents are bounded before any work is done on
 * them ({@link io.slackwater.pricing.json.Documents}), and {@link
 * io.slackwater.pricing.json.InventoryDecoder} and {@link
 * io.slackwater.pricing.json.CatalogDecoder} never throw, whatever the bytes: what cannot be used
 * becomes a dead letter with a stable reason code, a JSON pointer (RFC 6901) and a sentence for a
 * person. {@link io.slackwater.pricing.json.RuleBookReader} names every fault of a rule book in one
 * answer: types and ranges of fields ({@link io.slackwater.pricing.json.BookFields}), what every
 * rule has ({@link io.slackwater.pricing.json.RuleReader}) and what each kind of rule says ({@link
 * io.slackwater.pricing.json.RuleBodies}), and what {@link io.slackwater.pricing.rules.BookCheck}
 * finds between rules. What goes out is written by a {@link io.slackwater.pricing.json.RecordJson}
 * for each topic. Times on both sides are {@link io.slackwater.pricing.json.Instants}.
 */
package io.slackwater.pricing.json;
