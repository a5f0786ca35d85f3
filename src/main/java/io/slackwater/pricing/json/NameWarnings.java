package io.slackwater.pricing.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.json.RuleBookWarnings.Sink;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Names in a rule book that are allowed and fit nothing: with blanks or invisible characters at
 * their ends, or two that differ only in that or in upper and lower case. Names are compared
 * character by character.
 */
final class NameWarnings {

    private final Sink sink;
    private final Map<String, String> segments = new HashMap<>();

    NameWarnings(Sink sink) {
        this.sink = sink;
    }

    /** Looks at every name of a book. */
    void of(JsonNode root) {
        name(root, "", "book_id");
        name(root, "", "default_tier");
        keys(root.path("tiers"), "/tiers");
        JsonNode regions = root.path("regions");
        keys(regions, "/regions");
        if (regions.isObject()) {
            for (Iterator<String> names = regions.fieldNames(); names.hasNext(); ) {
                String region = names.next();
                list(regions.path(region), BookFields.step("/regions", region));
            }
        }
        JsonNode rules = root.path("rules");
        for (int i = 0; i < rules.size() && i < RuleReader.MAX_RULES; i++) {
            JsonNode rule = rules.path(i);
            String path = "/rules/" + i;
            name(rule, path, "rule_id");
            name(rule, path, "segment");
            if (rule.path("segment").isTextual()) {
                alike(segments, rule.path("segment").textValue(), path + "/segment");
            }
            for (String field : RuleReader.SCOPE_FIELDS) {
                list(rule.path("scope").path(field), path + "/scope/" + field);
            }
        }
    }

    private void name(JsonNode parent, String path, String field) {
        JsonNode node = parent.path(field);
        if (node.isTextual()) {
            ends(node.textValue(), path + "/" + field);
        }
    }

    private void list(JsonNode names, String path) {
        // Not of an object: that is a fault, and has no place with a number.
        for (int i = 0; names.isArray() && i < names.size(); i++) {
            if (names.get(i).isTextual()) {
                ends(names.get(i).textValue(), path + "/" + i);
            }
        }
    }

    private void keys(JsonNode object, String path) {
        if (!object.isObject()) {
            return;
        }
        Map<String, String> seen = new HashMap<>();
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            ends(name, BookFields.step(path, name));
            alike(seen, name, BookFields.step(path, name));
        }
    }

    private void ends(String name, String path) {
        if (name.isEmpty()) {
            return;
        }
        boolean first = isInvisible(name.codePointAt(0));
        if (first || isInvisible(name.codePointBefore(name.length()))) {
            sink.warn(
                    "BLANK_AT_THE_END",
                    path,
                    "The name "
                            + Texts.quote(name)
                            + (first ? " begins" : " ends")
                            + " with a blank or an invisible character, which counts: it is"
                            + " another name than "
                            + Texts.quote(stripped(name))
                            + ".");
        }
    }

    private void alike(Map<String, String> seen, String name, String path) {
        String other = seen.putIfAbsent(stripped(name).toLowerCase(Locale.ROOT), name);
        if (other != null && !other.equals(name)) {
            sink.warn(
                    "NAMES_ALIKE",
                    path,
                    "The name "
                            + Texts.quote(name)
                            + " differs from "
                            + Texts.quote(other)
                            + " only in upper and lower case or in blanks: they are two names.");
        }
    }

    private static String stripped(String name) {
        List<Integer> points = name.codePoints().boxed().toList();
        int from = 0;
        int to = points.size();
        while (from < to && isInvisible(points.get(from))) {
            from++;
        }
        while (to > from && isInvisible(points.get(to - 1))) {
            to--;
        }
        StringBuilder stripped = new StringBuilder();
        points.subList(from, to).forEach(stripped::appendCodePoint);
        return stripped.toString();
    }

    private static boolean isInvisible(int character) {
        return Character.isWhitespace(character)
                || Character.isSpaceChar(character)
                || Character.getType(character) == Character.FORMAT;
    }
}
