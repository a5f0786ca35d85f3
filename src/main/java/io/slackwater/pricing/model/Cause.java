package io.slackwater.pricing.model;

import java.util.Locale;

/** Why something was priced. */
public enum Cause {
    /** A stock level came, or was withdrawn. */
    INVENTORY,
    /** A rule book came or was retired. */
    RULE_BOOK,
    /** A book or rule that was known before began or ended. */
    SCHEDULE,
    /** The product's catalog entry changed. */
    CATALOG;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** As the topics and tables spell it: {@code rule_book}. */
    public String text() {
        return text;
    }
}
