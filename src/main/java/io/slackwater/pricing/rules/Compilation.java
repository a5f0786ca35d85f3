package io.slackwater.pricing.rules;

import java.util.Map;
import java.util.Set;

/**
 * What rules are made ready with: what their book says besides them.
 *
 * @param reference of the book, such as {@code default@7}
 * @param regions warehouses by region
 * @param digits of the currency's minor unit
 */
record Compilation(String reference, Map<String, Set<String>> regions, int digits) {}
