package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import io.slackwater.pricing.dashboard.RecordReader.Window;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The newest windows of {@code dashboard_metrics}, of each dimension and value. Bounded. */
final class MetricWindows {

    /** Windows kept of the whole shop. */
    static final int MAX_OF_ALL = 120;

    /** Windows kept of each warehouse and tier. */
    static final int MAX_PER_VALUE = 30;

    /** Different values of a dimension; those that come after them are left out. */
    static final int MAX_VALUES = 500;

    /** Different currencies of one window. */
    private static final int MAX_CURRENCIES = 20;

    private static final String ALL = "all";

    private static final Comparator<Window> ORDER =
            Comparator.comparingLong(Window::start)
                    .thenComparing(Window::dimension)
                    .thenComparing(Window::value)
                    .thenComparing(Window::currency);

    /** By dimension and value, by start, by currency. */
    private final Map<String, TreeMap<Long, TreeMap<String, Kept<Window>>>> windows =
            new HashMap<>();

    private final Map<String, Integer> valuesOf = new HashMap<>();

    /** Adds a window in a currency; the same one again replaces it. */
    void add(long change, Window window) {
        String of = window.dimension() + "|" + window.value();
        TreeMap<Long, TreeMap<String, Kept<Window>>> kept = windows.get(of);
        if (kept == null) {
            if (valuesOf.merge(window.dimension(), 1, Integer::sum) > MAX_VALUES) {
                return;
            }
            kept = new TreeMap<>();
            windows.put(of, kept);
        }
        TreeMap<String, Kept<Window>> currencies =
                kept.computeIfAbsent(window.start(), none -> new TreeMap<>());
        if (currencies.size() < MAX_CURRENCIES || currencies.containsKey(window.currency())) {
            currencies.put(window.currency(), new Kept<>(change, window));
        }
        if (kept.size() > (window.dimension().equals(ALL) ? MAX_OF_ALL : MAX_PER_VALUE)) {
            kept.pollFirstEntry();
        }
    }

    /** Writes the windows that changed after a change; none of them: no field. */
    void write(JsonGenerator json, long since) throws IOException {
        List<Window> newer = new ArrayList<>();
        for (TreeMap<Long, TreeMap<String, Kept<Window>>> kept : windows.values()) {
            for (TreeMap<String, Kept<Window>> currencies : kept.values()) {
                for (Kept<Window> window : currencies.values()) {
                    if (window.change() > since) {
                        newer.add(window.value());
                    }
                }
            }
        }
        if (since == Board.NOTHING || !newer.isEmpty()) {
            newer.sort(ORDER);
            json.writeArrayFieldStart("metrics");
            for (Window window : newer) {
                json.writeRawValue(window.json());
            }
            json.writeEndArray();
        }
    }

    void clear() {
        windows.clear();
        valuesOf.clear();
    }
}
