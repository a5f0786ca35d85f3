package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.json.Instants;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Locale;

/**
 * How the tools write things for people, and for machines.
 *
 * <p>Names and comments come from outside and go to a terminal: whatever could command it, or break
 * a line, becomes a question mark.
 */
final class Wording {

    private static final int LONGEST = 300;

    private Wording() {}

    /** Text from outside, harmless and at most some hundred characters long. */
    static String plain(String text) {
        StringBuilder plain = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(c -> plain.appendCodePoint(harmless(c) ? c : '?'));
        return text.codePointCount(0, text.length()) > LONGEST ? plain + "..." : plain.toString();
    }

    /** The same in quotes. */
    static String quoted(String text) {
        return "'" + plain(text) + "'";
    }

    /** A message of ours, which may have several lines, with text from outside in it. */
    static String lines(String message) {
        return String.join("\n", message.lines().map(Wording::plainLine).toList());
    }

    private static String plainLine(String line) {
        StringBuilder plain = new StringBuilder();
        line.codePoints().forEach(c -> plain.appendCodePoint(harmless(c) ? c : '?'));
        return plain.toString();
    }

    private static boolean harmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE ->
                    false;
            default -> true;
        };
    }

    /** Such as {@code 8.00 EUR}. */
    static String amount(BigDecimal amount, String currency) {
        return number(amount, currency) + (currency == null ? "" : " " + currency);
    }

    /** The same without its currency: its digits at least, and more where they are not zero. */
    static String number(BigDecimal amount, String currency) {
        int digits =
                currency == null ? 0 : Currency.getInstance(currency).getDefaultFractionDigits();
        BigDecimal shortest = amount.stripTrailingZeros();
        return (shortest.scale() < digits ? shortest.setScale(digits) : shortest).toPlainString();
    }

    /** Such as {@code 1,234}. */
    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Such as {@code 1,234 prices}, {@code 1 price}. */
    static String count(long count, String one, String many) {
        return count(count) + " " + (count == 1 ? one : many);
    }

    /** Such as {@code +4.5 %}: one digit after the point. */
    static String percent(BigDecimal percent) {
        BigDecimal shown = percent.setScale(1, RoundingMode.HALF_UP);
        return (shown.signum() > 0 ? "+" : "") + shown.toPlainString() + " %";
    }

    /** ISO-8601, {@code Z}, milliseconds. */
    static String time(long epochMillis) {
        return Instants.format(epochMillis);
    }

    /** How long something took, such as {@code 340 ms} or {@code 12.3 s}. */
    static String duration(long millis) {
        return millis < 1_000
                ? millis + " ms"
                : String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
    }

    /**
     * A time on the command line, epoch milliseconds.
     *
     * @throws LakeOptions.WrongUse when it is none
     */
    static long parseTime(String option, String text) {
        long time = Instants.parse(text);
        if (time == Instants.INVALID) {
            throw new LakeOptions.WrongUse(
                    option
                            + " is "
                            + quoted(text)
                            + "; allowed: ISO-8601 with an offset, such as 2026-11-21T08:00:00Z.");
        }
        return time;
    }

    /**
     * Rows under each other in columns.
     *
     * @param rows each with the same number of cells
     * @param rightAligned numbers of the columns whose cells end under each other
     * @return a line a row, without blanks at its end
     */
    static List<String> table(List<List<String>> rows, List<Integer> rightAligned) {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = row.get(i).codePointCount(0, row.get(i).length());
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i);
                String blanks = " ".repeat(widths.get(i) - cell.codePointCount(0, cell.length()));
                line.append(rightAligned.contains(i) ? blanks + cell : cell + blanks).append("  ");
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** An object for {@link #json}: its numbers keep the digits that they have. */
    static ObjectNode object() {
        return JsonText.object();
    }

    /** The text of a document. */
    static String json(ObjectNode document) {
        return JsonText.answer(document);
    }
}
