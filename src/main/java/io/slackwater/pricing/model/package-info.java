/**
 * What flows? Public records only: the nouns of the glossary, immutable, of types that Flink
 * serializes without Kryo (primitives and their boxes, {@code String}, {@code BigDecimal}, enums,
 * other public records, {@code List} and {@code Map} of these).
 *
 * <p>Every time is a UTC instant in epoch milliseconds. Every amount is exact.
 */
package io.slackwater.pricing.model;
