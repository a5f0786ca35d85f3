package io.slackwater.pricing.model;

import java.math.BigDecimal;

/**
 * One step in the making of a price.
 *
 * @param step {@code base}, {@code quantity_bands} or {@code rounding}
 * @param source what decided: {@code list_price}, {@code tier:premium}, a rule's id, or {@code
 *     HALF_UP}
 * @param detail of the base the product's category, which scopes may name; of the other steps how,
 *     such as {@code band 1 x 1.2}; empty where there is nothing to say
 * @param after the amount after the step, exact
 */
public record TraceStep(String step, String source, String detail, BigDecimal after) {}
