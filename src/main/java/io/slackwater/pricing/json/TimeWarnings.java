package io.slackwater.pricing.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.json.RuleBookWarnings.Sink;
import java.util.TreeSet;

/**
 * Slips with times that are allowed in a rule book, or whose fault has a usual cause: an end at
 * 23:59:59, seconds for milliseconds, what is over already. Looks at the document itself, so that a
 * book with faults elsewhere is looked at too.
 */
final class TimeWarnings {

    private static final String FROM = "effective_from";
    private static final String TO = "effective_to";

    /** 2000 and 2100, in epoch seconds. */
    private static final long FIRST_SECOND = 946_684_800L;

    private static final long LAST_SECOND = 4_102_444_800L;

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60_000;
    private static final long QUARTER = 900_000;

    private final Sink sink;
    private final long now;
    private final TreeSet<Long> begins = new TreeSet<>();

    /**
     * @param now epoch milliseconds
     */
    TimeWarnings(Sink sink, long now) {
        this.sink = sink;
        this.now = now;
    }

    /** Looks at the times of a book and of its rules. */
    void of(JsonNode root) {
        JsonNode rules = root.path("rules");
        int most = Math.min(rules.size(), RuleReader.MAX_RULES);
        begin(root);
        for (int i = 0; i < most; i++) {
            begin(rules.path(i));
        }
        boolean over = holder(root, "", "book", false);
        for (int i = 0; i < most; i++) {
            // Nothing of a book that is over counts: that is said once.
            holder(rules.path(i), "/rules/" + i, "rule", over);
        }
    }

    private void begin(JsonNode holder) {
        Long from = time(holder.path(FROM));
        if (from != null) {
            begins.add(from);
        }
    }

    /** Returns whether its time is over. */
    private boolean holder(JsonNode holder, String path, String noun, boolean overAnyway) {
        otherUnit(holder, path, FROM);
        otherUnit(holder, path, TO);
        Long to = time(holder.path(TO));
        if (to == null) {
            return false;
        }
        lastSecond(to, path + "/" + TO);
        if (to > now || overAnyway) {
            return to <= now;
        }
        sink.warn(
                noun.equals("book") ? "BOOK_IS_OVER" : "RULE_IS_OVER",
                path + "/" + TO,
                "The "
                        + noun
                        + "'s time is over since "
                        + Instants.format(to)
                        + ": it never counts"
                        + " again.");
        return true;
    }

    /** Seconds, microseconds and nanoseconds of this century, where milliseconds are read. */
    private void otherUnit(JsonNode holder, String path, String field) {
        JsonNode node = holder.path(field);
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            return;
        }
        long number = node.longValue();
        String[] units = {"seconds", "microseconds", "nanoseconds"};
        long[] perSecond = {1, 1_000_000, 1_000_000_000};
        for (int i = 0; i < units.length; i++) {
            long seconds = number / perSecond[i];
            if (seconds >= FIRST_SECOND && seconds <= LAST_SECOND) {
                sink.warn(
                        "TIME_IN_" + Texts.code(units[i]),
                        path + "/" + field,
                        field
                                + " is "
                                + number
                                + ", which looks like epoch "
                                + units[i]
                                + " ("
                                + Instants.format(seconds * SECOND)
                                + "); a number is read as epoch milliseconds: "
                                + seconds * SECOND
                                + ".");
            }
        }
    }

    /** An end is exclusive: what ends at 23:59:59 leaves a second to nobody. */
    private void lastSecond(long to, String path) {
        Long next = begins.higher(to);
        boolean gap = next != null && next - to <= SECOND && next % SECOND == 0;
        // Midnight is at a full quarter of an hour in every offset that is in use.
        boolean lastSecond = Math.floorMod(to, QUARTER) >= QUARTER - SECOND;
        if (!gap && !lastSecond) {
            return;
        }
        long full = gap ? next : to - Math.floorMod(to, MINUTE) + MINUTE;
        sink.warn(
                "END_IS_EXCLUSIVE",
                path,
                TO
                        + " is "
                        + Instants.format(to)
                        + ", and an end is exclusive: "
                        + (gap
                                ? "until what begins at " + Instants.format(full)
                                : "until " + Instants.format(full))
                        + " a gap remains; usually meant: "
                        + Instants.format(full)
                        + ".");
    }

    /** Epoch milliseconds; null: it is none. */
    private static Long time(JsonNode node) {
        long time =
                node.isTextual()
                        ? Instants.parse(node.textValue())
                        : node.isIntegralNumber() && node.canConvertToLong()
                                ? node.longValue()
                                : Instants.INVALID;
        return time < 0 || time > Instants.MAX ? null : time;
    }
}
