package io.slackwater.pricing.settings;

import java.util.function.Function;

/**
 * One setting, as {@link DeclaredSettings} declares it. What it means, and why, stands in {@code
 * jobs/pricing.properties}, where operators read it; a test compares the rest with that file.
 *
 * @param key its name in the file and on the command line
 * @param defaultText its value where none is given, as it would be written
 * @param type what its value may be
 * @param allowed what is allowed, as the file says it
 * @param field where {@link Settings} hold it
 */
record Setting<T>(
        String key,
        String defaultText,
        ValueType<T> type,
        String allowed,
        Function<Settings, T> field) {

    /** Returns the value that settings hold, as it would be written. */
    String text(Settings settings) {
        return type.writer().apply(field.apply(settings));
    }
}
