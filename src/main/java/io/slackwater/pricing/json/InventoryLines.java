package io.slackwater.pricing.json;

import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The lines of the inventory message at hand; used again for every message. For one thread. */
final class InventoryLines {

    /** Up to so many lines are compared in pairs, which is faster than a hash table. */
    private static final int FEW_LINES = 16;

    private final int most;
    private InventoryLine[] lines = {};
    private int count;
    private int bad;
    private int badFields;

    /**
     * @param most the most lines of one message
     */
    InventoryLines(int most) {
        this.most = most;
    }

    /** Forgets the lines of the message before. */
    void clear() {
        count = 0;
        bad = 0;
        badFields = 0;
    }

    /** All lines of the message, good and bad. */
    int count() {
        return count;
    }

    /** The lines that cannot be used. */
    int bad() {
        return bad;
    }

    /** Returns the next line, empty; to be called fewer times than the most lines allowed. */
    InventoryLine next() {
        if (count == lines.length) {
            int size = Math.min(Math.max(FEW_LINES, 2 * count), most);
            lines = Arrays.copyOf(lines, size);
            for (int i = count; i < size; i++) {
                lines[i] = new InventoryLine();
            }
        }
        InventoryLine line = lines[count++];
        line.clear();
        return line;
    }

    /** Counts a line that was read to its end. */
    void ended(InventoryLine line) {
        if (line.isGood()) {
            badFields += line.fieldFaults();
        } else {
            bad++;
        }
    }

    /**
     * Refuses every line of a warehouse named twice: nobody knows which of them holds, so none
     * does. A line that is bad for another reason counts as a naming but keeps its reason.
     */
    void refuseWarehousesNamedTwice() {
        if (bad == count) {
            return;
        }
        if (count <= FEW_LINES) {
            for (int i = 1; i < count; i++) {
                for (int j = 0; j < i; j++) {
                    String name = lines[i].warehouseId;
                    if (name != null && name.equals(lines[j].warehouseId)) {
                        refuseAsNamedTwice(lines[i]);
                        refuseAsNamedTwice(lines[j]);
                    }
                }
            }
            return;
        }
        Map<String, InventoryLine> first = new HashMap<>(2 * count);
        for (int i = 0; i < count; i++) {
            String name = lines[i].warehouseId;
            InventoryLine other = name == null ? null : first.putIfAbsent(name, lines[i]);
            if (other != null) {
                refuseAsNamedTwice(lines[i]);
                refuseAsNamedTwice(other);
            }
        }
    }

    private void refuseAsNamedTwice(InventoryLine line) {
        if (line.isGood()) {
            bad++;
            badFields -= line.fieldFaults();
            InventoryFaults.warehouseNamedTwice(line);
        }
    }

    /** Returns a stock level for each good line, in their order. */
    List<StockLevel> levels(String productId, StockVersion version, long ingestedAt) {
        StockLevel[] levels = new StockLevel[count - bad];
        int next = 0;
        for (int i = 0; i < count; i++) {
            InventoryLine line = lines[i];
            if (line.isGood()) {
                levels[next++] =
                        new StockLevel(
                                productId,
                                line.warehouseId,
                                line.quantity,
                                line.deliveryTime,
                                line.restockingTime,
                                version,
                                ingestedAt);
            }
        }
        return List.of(levels);
    }

    /** Returns a dead letter for each bad line and each optional field left out, in their order. */
    List<DeadLetter> deadLetters(Source source, byte[] key, byte[] value) {
        if (bad + badFields == 0) {
            return List.of();
        }
        List<DeadLetter> deadLetters = new ArrayList<>(bad + badFields);
        for (int i = 0; i < count; i++) {
            lines[i].addDeadLetters(deadLetters, "/inventory/" + i, source, key, value);
        }
        return deadLetters;
    }
}
