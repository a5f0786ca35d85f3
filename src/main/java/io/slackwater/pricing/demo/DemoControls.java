package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.connectors.WallClock;
import io.slackwater.pricing.dashboard.Controls;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.tools.NextVersion;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The buttons by which a visitor of the demo's page acts on the running pipeline, and the promises
 * that are checked meanwhile. Everything that is sent goes through the {@link Feed}, so that the
 * verdict at the end still adds up.
 */
final class DemoControls implements Controls {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Rules of the button carry this, so that the next one takes their place. */
    private static final String PROMOTION = "one-minute-promotion";

    private static final Duration PROMOTION_LASTS = Duration.ofMinutes(1);

    /** Within what the circuit breaker lets pass by default. */
    private static final BigDecimal DEARER = new BigDecimal("1.10");

    private static final int PERCENT_OFF = 20;

    /** How much older a late message is. */
    private static final Duration LATE = Duration.ofMinutes(1);

    private static final List<Button> BUTTONS =
            List.of(
                    new Button(
                            "price-change",
                            "Publish a price change",
                            "A new version of the rule book makes one tier dearer, or cheaper again;"
                                    + " watch the version in force and the prices that follow it."),
                    new Button(
                            "promotion",
                            "Start a promotion for one minute",
                            "Everything gets cheaper, and a minute later dearer again by itself; no"
                                    + " message is needed for that."),
                    new Button(
                            "late",
                            "Send a late message",
                            "Old stock of a product arrives after newer stock; its price must not"
                                    + " move."),
                    new Button(
                            "duplicate",
                            "Send a message twice",
                            "The last message comes once more; nothing must change."),
                    new Button(
                            "broken",
                            "Send a broken message",
                            "Its quantity is a word; it becomes a dead letter, and the job goes"
                                    + " on."),
                    new Button(
                            "kill",
                            "Kill a task manager",
                            "The job falls and goes on from its newest checkpoint; watch prices"
                                    + " pause, catch up, and the promises stay kept."));

    private final Settings settings;
    private final Feed feed;
    private final IntSupplier kill;
    private final LongSupplier eventTime;
    private final WallClock clock;
    private final Supplier<List<Promise>> promises;
    private final Consumer<String> told;

    // Guarded by this.
    private boolean ended;
    private String dearerTier;

    /**
     * @param kill kills a task manager and says which, as {@link OwnFlink#killTaskManager}
     * @param eventTime the newest event time of any price; the least number before the first
     * @param clock the wall clock
     * @param promises as they are at this moment
     * @param told receives what was done, in one sentence, for the screen
     */
    DemoControls(
            Settings settings,
            Feed feed,
            IntSupplier kill,
            LongSupplier eventTime,
            WallClock clock,
            Supplier<List<Promise>> promises,
            Consumer<String> told) {
        this.settings = settings;
        this.feed = feed;
        this.kill = kill;
        this.eventTime = eventTime;
        this.clock = clock;
        this.promises = promises;
        this.told = told;
    }

    @Override
    public List<Button> buttons() {
        return BUTTONS;
    }

    @Override
    public List<Promise> promises() {
        return promises.get();
    }

    /** One at a time: two that publish a book would both take the same next version. */
    @Override
    public synchronized String press(String buttonId) {
        if (ended) {
            throw new IllegalStateException("The demo is ending and takes nothing more.");
        }
        String done =
                switch (buttonId) {
                    case "price-change" -> changePrices();
                    case "promotion" -> startPromotion();
                    case "late" -> sendLate();
                    case "duplicate" -> sendTwice();
                    case "broken" -> sendBroken();
                    case "kill" -> kill();
                    default ->
                            throw new IllegalArgumentException(
                                    "there is no button " + buttonId + ".");
                };
        told.accept(done);
        return done;
    }

    /** From now on nothing is sent: what was sent is counted. */
    synchronized void end() {
        ended = true;
    }

    /**
     * The rule book changes by itself: this one is published as the next version. What a visitor
     * has started goes on in it.
     *
     * @return its version
     */
    synchronized long publish(byte[] document) {
        return NextVersion.publish(
                settings,
                clock,
                newest -> {
                    ObjectNode book = read(document);
                    for (JsonNode rule : newest.path("rules")) {
                        if (rule.path("rule_id").asText().equals(PROMOTION)) {
                            book.withArray("rules").add(rule);
                        }
                    }
                    if (dearerTier != null && book.path("tiers").has(dearerTier)) {
                        ((ObjectNode) book.path("tiers"))
                                .set(dearerTier, newest.path("tiers").path(dearerTier));
                    }
                    return book;
                });
    }

    private static ObjectNode read(byte[] document) {
        try {
            return (ObjectNode)
                    JSON.reader()
                            .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                            .readTree(document);
        } catch (IOException | ClassCastException e) {
            throw new IllegalStateException("The rule book is no JSON object.", e);
        }
    }

    // ---------------------------------------------------------------- rule books

    /** One tier up by a tenth; the next time down again. */
    private String changePrices() {
        boolean raise = dearerTier == null;
        List<String> what = new ArrayList<>();
        long version =
                NextVersion.publish(
                        settings,
                        clock,
                        book -> {
                            String tier = raise ? tier(book) : dearerTier;
                            BigDecimal before =
                                    book.path("tiers").path(tier).path("base_price").decimalValue();
                            int digits =
                                    Currency.getInstance(book.path("currency").asText())
                                            .getDefaultFractionDigits();
                            BigDecimal after =
                                    raise
                                            ? before.multiply(DEARER)
                                                    .setScale(digits, RoundingMode.HALF_UP)
                                            : before.divide(DEARER, digits, RoundingMode.HALF_UP);
                            ((ObjectNode) book.path("tiers").path(tier)).put("base_price", after);
                            book.put("comment", "a visitor changed the base price of " + tier);
                            what.clear();
                            what.addAll(
                                    List.of(
                                            tier,
                                            before.setScale(digits, RoundingMode.HALF_UP)
                                                    .toPlainString(),
                                            after.toPlainString()));
                            return book;
                        });
        dearerTier = raise ? what.get(0) : null;
        return "Published %s@%d, in which the base price of %s is %s instead of %s; within seconds every price of that tier without a list price follows."
                .formatted(
                        settings.pricing().book(), version, what.get(0), what.get(2), what.get(1));
    }

    private static String tier(ObjectNode book) {
        String tier = book.path("default_tier").asText(null);
        if (tier != null && book.path("tiers").has(tier)) {
            return tier;
        }
        if (book.path("tiers").isEmpty()) {
            throw new IllegalStateException("The rule book has no tier whose price could change.");
        }
        return book.path("tiers").fieldNames().next();
    }

    /** One that runs already is replaced, so that it never adds up. */
    private String startPromotion() {
        // In a history that is played, its own time counts.
        long now = eventTime.getAsLong();
        Instant from =
                Instant.ofEpochMilli(now == Long.MIN_VALUE ? clock.millis() : now)
                        .truncatedTo(ChronoUnit.SECONDS);
        Instant to = from.plus(PROMOTION_LASTS);
        long version =
                NextVersion.publish(
                        settings,
                        clock,
                        book -> {
                            ArrayNode rules = book.withArray("rules");
                            for (int i = rules.size() - 1; i >= 0; i--) {
                                if (rules.get(i).path("rule_id").asText().equals(PROMOTION)) {
                                    rules.remove(i);
                                }
                            }
                            rules.addObject()
                                    .put("rule_id", PROMOTION)
                                    .put("kind", "promotion")
                                    .put("percent_off", PERCENT_OFF)
                                    .put("effective_from", from.toString())
                                    .put("effective_to", to.toString());
                            book.put("comment", "a visitor started a promotion for one minute");
                            return book;
                        });
        return "Published %s@%d with %d %% off everything until %s; watch all prices fall now and rise again by themselves."
                .formatted(
                        settings.pricing().book(),
                        version,
                        PERCENT_OFF,
                        to.toString().substring(11));
    }

    // ---------------------------------------------------------------- messages

    private String sendLate() {
        Line line = lastLine();
        Instant then = line.time().minus(LATE);
        feed.inventory("late, by a visitor", line.product(), document(line, then, "1"), null, 1, 0);
        return "Sent stock of 1 piece of %s in %s from a minute before its newest; its price must not move, and the job counts one more superseded."
                .formatted(line.product(), line.warehouse());
    }

    private String sendTwice() {
        Feed.Sent last = last();
        feed.inventory(
                "sent twice, by a visitor",
                last.key(),
                last.value(),
                null,
                last.lines(),
                last.badLines());
        return "Sent the last message about %s once more; nothing must change, and no price version may come twice."
                .formatted(last.key());
    }

    private String sendBroken() {
        Line line = lastLine();
        feed.inventory(
                "broken, by a visitor",
                line.product(),
                document(line, line.time(), "\"a dozen\""),
                null,
                1,
                1);
        return "Sent stock of 'a dozen' pieces of %s in %s; it appears among the dead letters with the place where it is bad, and its price must not move."
                .formatted(line.product(), line.warehouse());
    }

    /** A line of a message. */
    private record Line(String product, String warehouse, Instant time) {}

    private Feed.Sent last() {
        Feed.Sent last = feed.last();
        if (last == null) {
            throw new IllegalStateException("No message was sent yet; try again in a moment.");
        }
        return last;
    }

    private Line lastLine() {
        Feed.Sent last = last();
        try {
            JsonNode message = JSON.readTree(last.value());
            JsonNode time = message.path("event_time");
            Instant at =
                    time.isNumber()
                            ? Instant.ofEpochMilli(time.asLong())
                            : time.isTextual()
                                    ? OffsetDateTime.parse(time.asText()).toInstant()
                                    : Instant.ofEpochMilli(clock.millis());
            return new Line(
                    message.path("product_id").asText(),
                    message.path("inventory").path(0).path("warehouse_id").asText(),
                    at);
        } catch (IOException | DateTimeException e) {
            throw new IllegalStateException(
                    "The last message was no good one; try again in a moment.", e);
        }
    }

    private static byte[] document(Line line, Instant time, String quantity) {
        ObjectNode message = JSON.createObjectNode();
        message.put("product_id", line.product()).put("event_time", time.toString());
        message.putArray("inventory").addObject().put("warehouse_id", line.warehouse());
        String json = message.toString();
        // As it was meant to be sent: a number, or what is none.
        return (json.substring(0, json.length() - "}]}".length())
                        + ",\"quantity\":"
                        + quantity
                        + "}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    // ---------------------------------------------------------------- the cluster

    private String kill() {
        return "Killed task manager %d of %d; a new one starts in a few seconds, the job goes on from its newest checkpoint, and prices catch up."
                .formatted(kill.getAsInt(), OwnFlink.TASK_MANAGERS);
    }
}
