package io.slackwater.pricing.dashboard;

import java.util.HashMap;
import java.util.Map;

/** Keeps one instance of equal values: the same few texts are in all records. For one thread. */
final class SharedValues {

    private static final int MAX_VALUES = 20_000;

    private final Map<Object, Object> known = new HashMap<>();

    /** Returns the text, list or map that is equal to this one and was seen first. */
    @SuppressWarnings("unchecked")
    <T> T share(T value) {
        if (known.size() > MAX_VALUES) {
            known.clear();
        }
        return (T) known.computeIfAbsent(value, same -> same);
    }
}
