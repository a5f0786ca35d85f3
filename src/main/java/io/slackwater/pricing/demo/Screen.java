package io.slackwater.pricing.demo;

import io.slackwater.pricing.demo.Watch.Shown;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What a person sees: a table of figures and the newest prices. On a terminal it stays in its place
 * and what happens once scrolls away above it; elsewhere it is one line of figures after the other.
 */
final class Screen {

    /** Rates are averages over so many samples: prices are committed in bursts, at checkpoints. */
    private static final int SAMPLES = 6;

    private static final int LINES_PER_HEADING = 20;

    /**
     * What is known at one moment.
     *
     * @param millis since the start; the counts are since then too
     * @param now epoch milliseconds
     * @param eventTime of the newest price, likewise; the least number before the first
     */
    record Figures(
            long millis,
            long messages,
            long prices,
            long deadLetters,
            long alerts,
            long now,
            long eventTime,
            String ruleBook,
            List<Shown> newest) {}

    private final PrintStream out;
    private final boolean redraw;
    private final boolean colour;
    private final Deque<Figures> samples = new ArrayDeque<>();
    private List<Shown> last = List.of();
    private int drawn;
    private int lines;

    /**
     * @param redraw whether the cursor may be moved: a terminal that is wide enough
     * @param colour whether colours may be used
     */
    Screen(PrintStream out, boolean redraw, boolean colour) {
        this.out = out;
        this.redraw = redraw;
        this.colour = colour;
    }

    /** Something that happened once. */
    void say(String line) {
        erase();
        out.println(line);
        out.flush();
    }

    /** The figures of this moment, in the place of those before. */
    void show(Figures figures) {
        samples.addLast(figures);
        if (samples.size() > SAMPLES) {
            samples.removeFirst();
        }
        List<String> block = new ArrayList<>();
        if (redraw || lines++ % LINES_PER_HEADING == 0) {
            block.add(
                    bold(
                            "%5s %6s %8s %9s %9s %5s %6s %10s  %s"
                                    .formatted(
                                            "time",
                                            "msgs/s",
                                            "prices/s",
                                            "messages",
                                            "prices",
                                            "dead",
                                            "alerts",
                                            "lag",
                                            "rule book")));
        }
        block.add(
                "%2d:%02d %,6.0f %,8.0f %,9d %,9d %s %,6d %10s  %s"
                        .formatted(
                                figures.millis() / 60_000,
                                figures.millis() / 1000 % 60,
                                rate(Figures::messages),
                                rate(Figures::prices),
                                figures.messages(),
                                figures.prices(),
                                paint(
                                        figures.deadLetters() > 0 ? "33" : "0",
                                        "%,5d".formatted(figures.deadLetters())),
                                figures.alerts(),
                                lag(figures),
                                figures.ruleBook()));
        if (redraw) {
            figures.newest().forEach(price -> block.add(line(price)));
        } else if (!figures.newest().equals(last)) {
            figures.newest().stream().limit(2).forEach(price -> block.add(line(price)));
        }
        last = figures.newest();
        erase();
        block.forEach(out::println);
        drawn = redraw ? block.size() : 0;
        out.flush();
    }

    /** The line of one price, aligned. */
    String line(Shown price) {
        int change =
                price.previousPrice() == null ? 0 : price.price().compareTo(price.previousPrice());
        String sign = change == 0 ? " " : change > 0 ? paint("31", "▲") : paint("32", "▼");
        return "      %-12s %-7s stock %6s  %-8s %7s → %7s %s %s %s"
                .formatted(
                        shortened(price.productId(), 12),
                        shortened(price.warehouseId(), 7),
                        "%,d".formatted(price.quantity()),
                        shortened(price.tier(), 8),
                        amount(price.previousPrice()),
                        amount(price.price()),
                        price.currency(),
                        sign,
                        price.cause());
    }

    private static String amount(BigDecimal amount) {
        return amount == null ? "-" : amount.toPlainString();
    }

    /** Names come from outside: none may move the cursor or push the columns out of line. */
    private static String shortened(String name, int length) {
        String plain = name.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= length ? plain : plain.substring(0, length - 1) + "…";
    }

    /** How far the newest price is behind the present; in a history, its day. */
    private static String lag(Figures figures) {
        if (figures.eventTime() == Long.MIN_VALUE) {
            return "-";
        }
        long behind = figures.now() - figures.eventTime();
        return behind < 86_400_000
                ? "%.1f s".formatted(behind / 1000.0)
                : LocalDate.ofInstant(Instant.ofEpochMilli(figures.eventTime()), ZoneOffset.UTC)
                        .toString();
    }

    private double rate(ToLongFunction<Figures> count) {
        Figures first = samples.getFirst();
        Figures last = samples.getLast();
        long millis = last.millis() - first.millis();
        if (millis <= 0) {
            return 0;
        }
        return (count.applyAsLong(last) - count.applyAsLong(first)) * 1000.0 / millis;
    }

    private void erase() {
        if (drawn > 0) {
            out.print("\033[" + drawn + "A\033[J");
            drawn = 0;
        }
    }

    private String bold(String text) {
        return paint("1", text);
    }

    /** In a colour, where colours may be used. */
    String paint(String code, String text) {
        return colour ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
