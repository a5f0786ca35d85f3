package io.slackwater.pricing.model;

import java.math.BigDecimal;
import java.util.Locale;

/**
 * One step in the making of a price.
 *
 * @param step which one
 * @param source what decided: of the base {@link #LIST_PRICE} or the tier, such as {@code
 *     tier:premium}; a rule's id; the name of a segment; or {@link #NO_RULE}
 * @param category of the base the product's category, which scopes may name; null where it has
 *     none, and at all other steps
 * @param detail how, such as {@code band 1 x 1.2}; empty where there is nothing to say
 * @param before the amount before the step, exact; null at the base
 * @param after the amount after the step, exact
 * @param lost the rules of this kind that fit too and lost, each with the reason, such as {@code
 *     winter: less specific}; empty: none
 */
public record TraceStep(
        Step step,
        String source,
        String category,
        String detail,
        BigDecimal before,
        BigDecimal after,
        String lost) {

    /** The source of a base that is the catalog's list price. */
    public static final String LIST_PRICE = "list_price";

    /** The source of a rounding that no rule asked for: the mode of the currency's minor unit. */
    public static final String NO_RULE = "HALF_UP";

    private static final String TIER = "tier:";

    /** The steps of a price, in their order; the rules of most kinds have a step of their own. */
    public enum Step {
        BASE,
        QUANTITY_BANDS,
        REGIONAL,
        PROMOTION,
        LIMITS,
        ROUNDING,
        /** What a customer segment pays. */
        SEGMENT,
        /** A price that is due and not yet published. */
        HOLD;

        private final String text = name().toLowerCase(Locale.ROOT);

        /** As records spell it: {@code quantity_bands}. */
        public String text() {
            return text;
        }

        /** Returns the step that records spell so; null: this release knows none. */
        public static Step named(String text) {
            for (Step step : values()) {
                if (step.text.equals(text)) {
                    return step;
                }
            }
            return null;
        }
    }

    /**
     * Returns the first step.
     *
     * @param source {@link #LIST_PRICE} or that {@linkplain #ofTier of a tier}
     * @param category of the product; null: none
     */
    public static TraceStep base(String source, String category, BigDecimal amount) {
        return new TraceStep(Step.BASE, source, category, "", null, amount, "");
    }

    /** Returns the source of a base that is the base price of a tier. */
    public static String ofTier(String tier) {
        return TIER + tier;
    }

    /**
     * Returns a step as records hold it, in six fields.
     *
     * @param detail see {@link #written}
     */
    public static TraceStep of(
            Step step,
            String source,
            String detail,
            BigDecimal before,
            BigDecimal after,
            String lost) {
        if (step != Step.BASE) {
            return new TraceStep(step, source, null, detail, before, after, lost);
        }
        String category = detail.isEmpty() ? null : detail;
        return new TraceStep(step, source, category, "", before, after, lost);
    }

    /**
     * Returns what records hold in their field {@code detail}: the category at the base, the detail
     * at all other steps; empty where there is none.
     */
    public String written() {
        if (step != Step.BASE) {
            return detail;
        }
        return category == null ? "" : category;
    }

    /** Returns the tier whose base price is the base; null: it is no base, or a list price. */
    public String tier() {
        return step == Step.BASE && source.startsWith(TIER)
                ? source.substring(TIER.length())
                : null;
    }

    /** Returns whether a rule decided the step, so that its source is a rule's id. */
    public static boolean isOfARule(Step step, String source) {
        return step != Step.BASE
                && step != Step.SEGMENT
                && (step != Step.ROUNDING || !source.equals(NO_RULE));
    }
}
