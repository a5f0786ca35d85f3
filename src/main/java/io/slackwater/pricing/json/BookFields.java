package io.slackwater.pricing.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Reads the fields of a rule book, one type a method, and tells every fault that it meets. A field
 * that is absent or faulty is answered with null (or an empty set), so that reading goes on and the
 * author hears of all faults at once. For one book.
 */
final class BookFields {

    private static final String ALLOWED_TIMES =
            "ISO-8601 with an offset, or epoch milliseconds, from 2000 to 9999";

    private final BookFaults faults;
    private final boolean ignoreOthers;
    private final long earliestTime;

    /**
     * @param faults takes what is wrong
     * @param ignoreOthers whether {@link #refuseOthers} lets everything pass
     * @param earliestTime no time is earlier, epoch milliseconds
     */
    BookFields(BookFaults faults, boolean ignoreOthers, long earliestTime) {
        this.faults = faults;
        this.ignoreOthers = ignoreOthers;
        this.earliestTime = earliestTime;
    }

    /** The faults so far. */
    int count() {
        return faults.count();
    }

    void fault(String reason, String path, String message) {
        faults.add(reason, path, message);
    }

    /**
     * Refuses fields that would change what an object means if they were followed.
     *
     * @param what begins the sentence, such as {@code A band}
     */
    void refuseOthers(JsonNode object, String path, String what, Collection<String> allowed) {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!ignoreOthers && !allowed.contains(name)) {
                fault(
                        "UNKNOWN_FIELD",
                        step(path, name),
                        what
                                + " has no field "
                                + Texts.quote(name)
                                + "; allowed: "
                                + String.join(", ", allowed)
                                + ".");
            }
        }
    }

    /** A name; null when absent or faulty. */
    String name(JsonNode parent, String path, String field, boolean required) {
        String name = text(parent, path, field, required);
        Texts.Fault fault = name == null ? null : Texts.fault(name);
        if (fault == null) {
            return name;
        }
        fault(fault.reason(field), path + "/" + field, fault.message(field));
        return null;
    }

    /** Any text; null when absent or faulty. */
    String text(JsonNode parent, String path, String field, boolean required) {
        JsonNode node = parent.get(field);
        if (node == null) {
            missing(path, field, required);
            return null;
        }
        if (!node.isTextual()) {
            notA(Texts.code(field), "_NOT_TEXT", path + "/" + field, field, node, "text");
            return null;
        }
        return node.textValue();
    }

    /** One of a few words; null when absent or faulty. */
    String word(JsonNode parent, String path, String field, Collection<String> allowed) {
        String word = text(parent, path, field, false);
        if (word == null || allowed.contains(word)) {
            return word;
        }
        fault(
                Texts.code(field) + "_UNKNOWN",
                path + "/" + field,
                field
                        + " is "
                        + Texts.quote(word)
                        + "; allowed: "
                        + String.join(", ", allowed)
                        + ".");
        return null;
    }

    /** False when absent or faulty. */
    boolean flag(JsonNode parent, String path, String field) {
        JsonNode node = parent.get(field);
        if (node != null && !node.isBoolean()) {
            notA(
                    Texts.code(field),
                    "_NOT_TRUE_OR_FALSE",
                    path + "/" + field,
                    field,
                    node,
                    "true or false");
        }
        return node != null && node.booleanValue();
    }

    /** An integer; null when absent or faulty. */
    Long integer(JsonNode parent, String path, String field, long min, long max, boolean required) {
        JsonNode node = parent.get(field);
        if (node == null) {
            missing(path, field, required);
            return null;
        }
        String allowed = "an integer from " + min + " to " + max;
        if (isUnreadable(node, path, field, allowed)) {
            return null;
        }
        if (!node.isIntegralNumber()) {
            notA(Texts.code(field), "_NOT_INTEGER", path + "/" + field, field, node, allowed);
            return null;
        }
        if (!node.canConvertToLong() || node.longValue() < min || node.longValue() > max) {
            outOfRange(path, field, node, allowed);
            return null;
        }
        return node.longValue();
    }

    /** A number of a range; null when absent or faulty. */
    BigDecimal number(JsonNode parent, String path, String field, Range range, boolean required) {
        JsonNode node = parent.get(field);
        if (node == null) {
            missing(path, field, required);
            return null;
        }
        if (isUnreadable(node, path, field, range.allowed())) {
            return null;
        }
        if (!node.isNumber()) {
            notA(
                    Texts.code(field),
                    "_NOT_A_NUMBER",
                    path + "/" + field,
                    field,
                    node,
                    range.allowed());
            return null;
        }
        BigDecimal exact = node.decimalValue();
        if (!range.holds(exact)) {
            outOfRange(path, field, node, range.allowed());
            return null;
        }
        BigDecimal number = Amounts.normalise(exact);
        if (number == null) {
            fault(
                    Texts.code(field) + "_TOO_FINE",
                    path + "/" + field,
                    field + " is " + shown(node) + "; allowed: " + range.allowed() + ".");
        }
        return number;
    }

    /**
     * Epoch milliseconds; null when absent, earlier than the earliest time, or not a time up to the
     * year 9999.
     */
    Long time(JsonNode parent, String path, String field) {
        JsonNode node = parent.get(field);
        if (node == null || isUnreadable(node, path, field, ALLOWED_TIMES)) {
            return null;
        }
        long time = Instants.INVALID;
        if (node.isTextual()) {
            time = Instants.parse(node.textValue());
        } else if (node.isIntegralNumber()) {
            time = node.canConvertToLong() ? Math.max(node.longValue(), -1) : Long.MAX_VALUE;
        }
        if (time == Instants.INVALID) {
            fault(
                    Texts.code(field) + "_NOT_A_TIME",
                    path + "/" + field,
                    field + " is " + shown(node) + "; allowed: " + ALLOWED_TIMES + ".");
            return null;
        }
        if (time < earliestTime || time > Instants.MAX) {
            boolean early = node.isNumber() && time >= 0 && time < earliestTime;
            fault(
                    Texts.code(field) + "_OUT_OF_RANGE",
                    path + "/" + field,
                    field
                            + " is "
                            + shown(node)
                            + (early ? ", that is " + Instants.format(time) : "")
                            + "; allowed: "
                            + ALLOWED_TIMES
                            + (early
                                    ? ". Epoch seconds read as milliseconds are the usual cause."
                                    : "."));
            return null;
        }
        return time;
    }

    /** Refuses a number that the tree holds as text. */
    private boolean isUnreadable(JsonNode node, String path, String field, String allowed) {
        if (!(node instanceof POJONode pojo)
                || !(pojo.getPojo() instanceof BookTree.Unreadable unreadable)) {
            return false;
        }
        int digits = Documents.digits(unreadable.text());
        if (digits > Documents.MAX_NUMBER) {
            fault(
                    "NUMBER_TOO_LONG",
                    path + "/" + field,
                    field
                            + " has "
                            + digits
                            + " digits; allowed: at most "
                            + Documents.MAX_NUMBER
                            + ".");
        } else {
            fault(
                    Texts.code(field) + "_OUT_OF_RANGE",
                    path + "/" + field,
                    field
                            + " is "
                            + Texts.quote(unreadable.text())
                            + "; allowed: "
                            + allowed
                            + ".");
        }
        return true;
    }

    /** Refuses times that leave no moment in {@code [effective_from, effective_to)}. */
    void refuseNoTime(Long from, Long to, String path) {
        if (from != null && to != null && to <= from) {
            fault(
                    "EFFECTIVE_TO_NOT_AFTER_FROM",
                    path + "/effective_to",
                    "effective_to is not after effective_from; allowed: a later time.");
        }
    }

    /** ISO 4217; null when absent or faulty. */
    String currency(JsonNode root) {
        String code = text(root, "", "currency", true);
        if (code == null || fractionDigits(code) >= 0) {
            return code;
        }
        fault(
                "CURRENCY_UNKNOWN",
                "/currency",
                "currency is "
                        + Texts.quote(code)
                        + "; allowed: an ISO 4217 code with a minor unit, such as EUR.");
        return null;
    }

    private static int fractionDigits(String code) {
        try {
            // -1 for gold (XAU) and "no currency", which are in ISO 4217 too.
            return Currency.getInstance(code).getDefaultFractionDigits();
        } catch (IllegalArgumentException unknown) {
            return -1;
        }
    }

    /**
     * A list of names; empty when absent or faulty.
     *
     * @param node the list; null: absent
     * @param code begins the reason codes
     * @param what begins the sentences
     */
    Set<String> names(JsonNode node, String path, String code, String what) {
        if (node == null) {
            return Set.of();
        }
        if (!node.isArray()) {
            notA(code, "_NOT_A_LIST", path, what, node, "a list of names");
            return Set.of();
        }
        if (node.isEmpty()) {
            // It might mean everything or nothing: the author has to say.
            fault(
                    code + "_EMPTY",
                    path,
                    what + " is empty; allowed: at least one name, or leave the field out.");
            return Set.of();
        }
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < node.size(); i++) {
            String at = path + "/" + i;
            JsonNode item = node.get(i);
            if (!item.isTextual()) {
                notA(code, "_NOT_TEXT", at, "The name", item, Texts.ALLOWED);
                continue;
            }
            String name = item.textValue();
            Texts.Fault fault = Texts.fault(name);
            if (fault != null) {
                fault(code + "_" + fault.name(), at, fault.message("The name"));
            } else if (!names.add(name)) {
                fault(
                        code + "_DUPLICATE",
                        at,
                        Texts.quote(name) + " stands twice in the list; allowed: once.");
            }
        }
        return Collections.unmodifiableSet(names);
    }

    /** Refuses a name that has to stand elsewhere in the book. */
    void unknown(String reason, String path, String what, String name, String where) {
        fault(
                reason,
                path,
                "%s is %s; allowed: a name that stands in %s."
                        .formatted(what, Texts.quote(name), where));
    }

    void missing(String path, String field, boolean required) {
        if (required) {
            fault(Texts.code(field) + "_MISSING", path, field + " is missing; it is required.");
        }
    }

    /** A value of the wrong type, or null for a missing one, which is told of its parent. */
    void notA(String code, String end, String path, String what, JsonNode node, String allowed) {
        fault(
                code + (node == null ? "_MISSING" : end),
                node == null ? path.substring(0, path.lastIndexOf('/')) : path,
                what
                        + " is "
                        + (node == null ? "missing" : kind(node))
                        + "; allowed: "
                        + allowed
                        + ".");
    }

    private void outOfRange(String path, String field, JsonNode node, String allowed) {
        fault(
                Texts.code(field) + "_OUT_OF_RANGE",
                path + "/" + field,
                field + " is " + shown(node) + "; allowed: " + allowed + ".");
    }

    /** A JSON pointer one step further. */
    static String step(String path, String name) {
        StringBuilder pointer = new StringBuilder(path);
        Documents.step(pointer, name);
        return pointer.toString();
    }

    private static String kind(JsonNode node) {
        return node.isPojo() ? "a number" : Documents.kind(node.asToken());
    }

    /** A value for a message. */
    private static String shown(JsonNode node) {
        // Not asText(): it would write out an exponent of a thousand million zeros.
        if (node.isTextual()) {
            return Texts.quote(node.textValue());
        }
        return node.isNumber() ? Texts.quote(node.decimalValue().toString()) : kind(node);
    }
}
