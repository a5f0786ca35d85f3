package io.slackwater.pricing.model;

import java.math.BigDecimal;

/**
 * One step in the making of a price.
 *
 * @param step {@code base}, a rule's kind such as {@code quantity_bands}, {@code segment}, or
 *     {@code hold}
 * @param source what decided: {@code list_price}, {@code tier:premium}, a rule's id, the name of a
 *     segment, or {@code HALF_UP}
 * @param detail of the base the product's category, which scopes may name; of the other steps how,
 *     such as {@code band 1 x 1.2}; empty where there is nothing to say
 * @param before the amount before the step, exact; null at the base
 * @param after the amount after the step, exact
 * @param lost the rules of this kind that fit too and lost, each with the reason, such as {@code
 *     winter: less specific}; empty: none
 */
public record TraceStep(
        String step,
        String source,
        String detail,
        BigDecimal before,
        BigDecimal after,
        String lost) {}
