/**
 * How does it look on the wire? JSON in, records out, and records in, JSON out: the contract of the
 * topics, field by field. Pure Java and Jackson, no Flink; depends on {@code model} only.
 *
 * <p>What comes in is hostile until proved good. Documents are bounded before any work is done on
 * them ({@link io.slackwater.pricing.json.Documents}), and {@link
 * io.slackwater.pricing.json.InventoryDecoder} and {@link
 * io.slackwater.pricing.json.CatalogDecoder} never throw, whatever the bytes: what cannot be used
 * becomes a dead letter with a stable reason code, a JSON pointer (RFC 6901) and a sentence for a
 * person. {@link io.slackwater.pricing.json.RuleBookReader} names every fault of a rule book in one
 * answer: types and ranges of fields ({@link io.slackwater.pricing.json.BookFields}), what each
 * kind of rule says ({@link io.slackwater.pricing.json.RuleBodies}), rules that can never count
 * ({@link io.slackwater.pricing.json.RuleReach}). What goes out is written by a {@link
 * io.slackwater.pricing.json.RecordJson} for each topic. Times on both sides are {@link
 * io.slackwater.pricing.json.Instants}.
 */
package io.slackwater.pricing.json;
