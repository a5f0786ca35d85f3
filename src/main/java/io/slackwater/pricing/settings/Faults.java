package io.slackwater.pricing.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Collects what is wrong with the settings, one sentence a fault: where it stands, key and value,
 * what is allowed. No sentence shows a secret.
 */
final class Faults {

    private static final int SHOWN_CHARACTERS = 120;

    private final List<String> faults = new ArrayList<>();

    /** Adds a fault in its own words. */
    void add(String fault) {
        faults.add(fault);
    }

    /** Adds a fault of a value. */
    void add(String key, Given value, String allowed) {
        faults.add(
                "%s: %s = %s: %s"
                        .formatted(
                                value.where(), shownText(key), shown(key, value.value()), allowed));
    }

    List<String> all() {
        return faults;
    }

    /** Returns a value fit for a terminal and a log: no secret, no line break, not endless. */
    static String shown(String key, String value) {
        if (Secrets.isNamedLikeOne(key)
                || Secrets.isSpelledOut(value)
                || Secrets.isPasswordInUrl(value)) {
            return "(not shown)";
        }
        return "\"" + shownText(value) + "\"";
    }

    private static String shownText(String text) {
        String cut =
                text.length() <= SHOWN_CHARACTERS
                        ? text
                        : text.substring(0, SHOWN_CHARACTERS) + "...";
        return cut.codePoints()
                .mapToObj(c -> Character.isISOControl(c) ? "?" : Character.toString(c))
                .collect(Collectors.joining());
    }
}
