package io.slackwater.pricing.dashboard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.PriorityQueue;

/** Finds prices by words. */
final class PriceSearch {

    private PriceSearch() {}

    /**
     * The result of a search.
     *
     * @param matches how many prices
     * @param rows the newest of them, newest first
     */
    record Found(int matches, List<Row> rows) {}

    /**
     * Finds prices. It looks at every row: about a third of a second of one core for a million of
     * them.
     *
     * @param words each must stand in the product, warehouse, tier or a rule's id; upper or lower
     *     case does not count
     * @param limit rows that are returned
     */
    static Found find(Collection<Row> rows, List<String> words, int limit) {
        PriorityQueue<Row> newest = new PriorityQueue<>(Row.ORDER);
        int matches = 0;
        for (Row row : rows) {
            if (!matches(row, words)) {
                continue;
            }
            matches++;
            if (newest.size() < limit) {
                newest.add(row);
            } else if (Row.ORDER.compare(row, newest.peek()) > 0) {
                newest.poll();
                newest.add(row);
            }
        }
        List<Row> found = new ArrayList<>(newest);
        found.sort(Row.ORDER.reversed());
        return new Found(matches, found);
    }

    private static boolean matches(Row row, List<String> words) {
        for (String word : words) {
            boolean found =
                    contains(row.productId(), word)
                            || contains(row.warehouseId(), word)
                            || contains(row.priceTier(), word);
            for (int i = 0; !found && i < row.rules().size(); i++) {
                found = contains(row.rules().get(i), word);
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }

    /** Without making a lower-case copy of a million names. */
    private static boolean contains(String text, String word) {
        if (text == null) {
            return false;
        }
        int last = text.length() - word.length();
        char first = folded(word.charAt(0));
        for (int i = 0; i <= last; i++) {
            // Most places are not worth the call.
            if (folded(text.charAt(i)) == first
                    && text.regionMatches(true, i, word, 0, word.length())) {
                return true;
            }
        }
        return false;
    }

    /** As {@link String#regionMatches(boolean, int, String, int, int)} compares. */
    private static char folded(char c) {
        if (c < 128) {
            return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
        }
        return Character.toLowerCase(Character.toUpperCase(c));
    }
}
