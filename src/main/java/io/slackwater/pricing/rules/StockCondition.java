package io.slackwater.pricing.rules;

/** What a quantity means to the one who has to restock. */
public enum StockCondition {
    /** At the threshold or above. */
    NORMAL,
    /** Above 0 and below the threshold. */
    LOW,
    /** Exactly 0. */
    OUT,
    /** Below 0: more was sold than there was. */
    OVERSOLD;

    /**
     * @param quantity pieces on hand
     * @param lowBelow the threshold: low is below it
     */
    public static StockCondition of(long quantity, long lowBelow) {
        if (quantity < 0) {
            return OVERSOLD;
        }
        if (quantity == 0) {
            return OUT;
        }
        return quantity < lowBelow ? LOW : NORMAL;
    }

    /** Whether there is nothing to sell. */
    public boolean isEmpty() {
        return this == OUT || this == OVERSOLD;
    }
}
