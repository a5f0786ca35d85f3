package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What a page does with the events that it gets: replaces by key or id, and keeps as much as the
 * server does. Written from the description of the events alone.
 */
final class Browser {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What it shows, by field of the events. */
    private ObjectNode shown = JSON.createObjectNode();

    private String lastId;
    private int snapshots;
    private int updates;

    /** An event, as it comes over the wire or straight from the board. */
    void take(String id, String event, String data) {
        try {
            ObjectNode news = (ObjectNode) JSON.readTree(data);
            if (event.equals("snapshot")) {
                snapshots++;
                shown = news;
            } else {
                updates++;
                merge(news);
            }
            lastId = id;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(data, e);
        }
    }

    private void merge(ObjectNode news) {
        Iterator<Map.Entry<String, JsonNode>> fields = news.fields();
        while (fields.hasNext()) {
            Map.Entry<String, JsonNode> field = fields.next();
            switch (field.getKey()) {
                case "prices" -> prepend(field, 200, row -> row.path("key").asText());
                case "alerts" -> prepend(field, 200, alert -> alert.path("id").asText());
                case "dead_letters" -> prepend(field, 100, letter -> letter.path("id").asText());
                case "metrics" -> windows(field.getValue());
                case "controls" ->
                        ((ObjectNode) shown.path("controls")).setAll((ObjectNode) field.getValue());
                default -> shown.set(field.getKey(), field.getValue());
            }
        }
    }

    /** The newer ones come first; an older one of the same name goes. */
    private void prepend(
            Map.Entry<String, JsonNode> field, int most, Function<JsonNode, String> name) {
        List<JsonNode> all = new ArrayList<>();
        List<String> names = new ArrayList<>();
        field.getValue().forEach(all::add);
        field.getValue().forEach(item -> names.add(name.apply(item)));
        for (JsonNode item : shown.path(field.getKey())) {
            if (!names.contains(name.apply(item))) {
                all.add(item);
            }
        }
        shown.putArray(field.getKey()).addAll(all.subList(0, Math.min(most, all.size())));
    }

    private void windows(JsonNode newer) {
        TreeMap<String, TreeMap<String, TreeMap<String, JsonNode>>> all = new TreeMap<>();
        for (JsonNode list : List.of(shown.path("metrics"), newer)) {
            for (JsonNode window : list) {
                String of = window.path("dimension").asText() + "|" + window.path("value").asText();
                all.computeIfAbsent(of, none -> new TreeMap<>())
                        .computeIfAbsent(
                                window.path("window_start").asText(), none -> new TreeMap<>())
                        .put(window.path("currency").asText(), window);
            }
        }
        TreeMap<String, JsonNode> kept = new TreeMap<>();
        all.forEach(
                (of, windows) -> {
                    while (windows.size() > (of.startsWith("all|") ? 120 : 30)) {
                        windows.pollFirstEntry();
                    }
                    windows.forEach(
                            (start, currencies) ->
                                    currencies.forEach(
                                            (currency, window) ->
                                                    kept.put(
                                                            start + "|" + of + "|" + currency,
                                                            window)));
                });
        shown.putArray("metrics").addAll(kept.values());
    }

    /** Everything that it was told, with the time. */
    ObjectNode told() {
        return shown;
    }

    /** Everything that it shows, but for the time at which it was told. */
    ObjectNode shown() {
        ObjectNode copy = shown.deepCopy();
        copy.remove("now");
        return copy;
    }

    /** What it says when it connects again; null: it has nothing. */
    String lastId() {
        return lastId;
    }

    int snapshots() {
        return snapshots;
    }

    int updates() {
        return updates;
    }
}
