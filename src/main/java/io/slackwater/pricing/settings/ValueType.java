package io.slackwater.pricing.settings;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the text of a setting may be, and what it stands for.
 *
 * @param fault what a fault says of a text that is not allowed: {@code must be ...}
 * @param allowed the same, as {@code jobs/pricing.properties} says it
 * @param parser the value; null where the text is not allowed
 * @param writer the text of a value: {@code parser} reads it as the same value
 */
record ValueType<T>(
        String fault, String allowed, Function<String, T> parser, Function<T, String> writer) {

    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");

    /** Returns the value; null where the text is not allowed. */
    T parse(String text) {
        return parser.apply(text);
    }

    /** Any text at all. */
    static ValueType<String> anyText() {
        return text("text", text -> true);
    }

    /** Text that passes a test. */
    static ValueType<String> text(String allowed, Predicate<String> test) {
        return new ValueType<>(
                "must be " + allowed,
                allowed,
                text -> test.test(text) ? text : null,
                Function.identity());
    }

    static ValueType<Boolean> bool() {
        return new ValueType<>(
                "must be true or false",
                "true or false",
                text ->
                        switch (text) {
                            case "true" -> Boolean.TRUE;
                            case "false" -> Boolean.FALSE;
                            default -> null;
                        },
                value -> value.toString());
    }

    /** A whole number in a range, both ends included. */
    static ValueType<Integer> integer(int least, int most) {
        ValueType<Long> number = number(least, most);
        return new ValueType<>(
                number.fault(),
                number.allowed(),
                text -> {
                    Long value = number.parse(text);
                    return value == null ? null : (Integer) value.intValue();
                },
                value -> value.toString());
    }

    /** A whole number in a range, both ends included. */
    static ValueType<Long> number(long least, long most) {
        return new ValueType<>(
                "must be a whole number from %d to %d".formatted(least, most),
                "%d to %d".formatted(least, most),
                text ->
                        INTEGER.matcher(text).matches()
                                ? within(least, (Long) Long.parseLong(text), most)
                                : null,
                value -> value.toString());
    }

    /** A time in a range, both ends included. */
    static ValueType<Duration> duration(Duration least, Duration most) {
        String from = Durations.format(least);
        String to = Durations.format(most);
        return duration(
                "must be a time from %s to %s, such as 250ms, 15s, 1m or 2h".formatted(from, to),
                "%s to %s".formatted(from, to),
                time -> within(least, time, most) != null);
    }

    /** A time that passes a test. */
    static ValueType<Duration> duration(String fault, String allowed, Predicate<Duration> test) {
        return new ValueType<>(
                fault,
                allowed,
                text -> {
                    Duration time = Durations.parse(text);
                    return time != null && test.test(time) ? time : null;
                },
                Durations::format);
    }

    /** One of the constants of an enum, in lower case and with hyphens. */
    static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type) {
        Map<String, E> byText = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            byText.put(text(constant), constant);
        }
        String allowed = String.join(" or ", byText.keySet());
        return new ValueType<>("must be " + allowed, allowed, byText::get, ValueType::text);
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <T extends Comparable<T>> T within(T least, T value, T most) {
        return value.compareTo(least) >= 0 && value.compareTo(most) <= 0 ? value : null;
    }
}
