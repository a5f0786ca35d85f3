package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.demo.ShopProduct.Shelf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * A mail-order shop of our own making, whose stock moves as that of real ones does: few products
 * sell most (Zipf), more by day than by night, each warehouse by its own local time; what runs low
 * is ordered and arrives after its restocking time; now and then more is sold than there is. Its
 * messages reach us as from real systems: some late, some twice, a few broken.
 *
 * <p>The same seed and the same times give the same messages. One day of the shop lasts {@link
 * ShopDay#MILLIS}, so that a user who watches for a minute sees days pass and deliveries arrive.
 *
 * <p>For one thread.
 */
final class Shop {

    /** Products that nobody has entered into the catalog: they have the book's default tier. */
    private static final int UNKNOWN_PRODUCTS = 12;

    private static final double ZIPF_EXPONENT = 1.05;
    private static final int LOW = 15;
    private static final int RECENT = 256;

    // Shares of all messages.
    private static final double DUPLICATES = 0.02;
    private static final double LATE = 0.02;
    private static final double BAD_MESSAGES = 0.003;
    private static final double BAD_LINES = 0.003;
    private static final double DELISTINGS = 0.0005;
    private static final double COUNTS = 0.05;

    /** The kinds of messages. */
    enum Kind {
        OPENING("opening stock"),
        SALE("sales"),
        RESTOCK("deliveries"),
        COUNT("stock counts"),
        DELISTING("delistings"),
        LATE("late"),
        DUPLICATE("sent twice"),
        BAD_LINE("with a bad line"),
        BAD_MESSAGE("unusable");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /**
     * A message for {@code inventory_raw}.
     *
     * @param kind what it tells
     * @param key the product; null where a broken sender gave none
     * @param value the document; null delists the product
     * @param time when it happened, epoch milliseconds; the event time of a delisting, which has
     *     nowhere else to say it than the Kafka record's timestamp
     * @param lines how many warehouse lines it has that can be told apart, good and bad
     * @param badLines how many of them are bad
     */
    record Message(Kind kind, String key, byte[] value, long time, int lines, int badLines) {}

    /**
     * A change for {@code product_catalog}.
     *
     * @param productId the product
     * @param entry the document
     */
    record CatalogChange(String productId, byte[] entry) {}

    private final SplittableRandom random;
    private final List<ShopProduct> products = new ArrayList<>();
    private final double[] popularity;
    private final PriorityQueue<Delivery> deliveries =
            new PriorityQueue<>(Comparator.comparingLong(Delivery::at));
    private final PriorityQueue<Delayed> delayed =
            new PriorityQueue<>(Comparator.comparingLong(Delayed::until));
    private final ArrayDeque<Message> recent = new ArrayDeque<>();

    /**
     * @param seed of everything that happens in it
     * @param catalog the products that it sells, as {@code product_catalog} has them
     */
    Shop(long seed, List<JsonNode> catalog) {
        random = new SplittableRandom(seed);
        for (JsonNode entry : catalog) {
            products.add(
                    new ShopProduct(
                            entry.path("product_id").asText(),
                            entry.path("category").asText(),
                            random));
        }
        for (int i = 1; i <= UNKNOWN_PRODUCTS; i++) {
            products.add(new ShopProduct("NEW-%03d".formatted(i), "novelty", random));
        }
        // The hottest seller is any of them, not the first of the catalog.
        for (int i = products.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            ShopProduct other = products.get(i);
            products.set(i, products.get(j));
            products.set(j, other);
        }
        popularity = new double[products.size()];
        double sum = 0;
        for (int i = 0; i < popularity.length; i++) {
            double share = 1 / Math.pow(i + 1, ZIPF_EXPONENT);
            sum += share;
            popularity[i] = sum;
            products.get(i).stockUp(share, random);
        }
    }

    /**
     * Returns the stock of every product at the start: one message a product, all its warehouses.
     */
    List<Message> opening(long now) {
        return products.stream()
                .map(product -> message(Kind.OPENING, product, product.shelves(), now))
                .toList();
    }

    /** Returns the next message, of this time; times never go back. */
    Message next(long now) {
        if (!delayed.isEmpty() && delayed.peek().until() <= now) {
            return sent(delayed.poll().message());
        }
        if (!deliveries.isEmpty() && deliveries.peek().at() <= now) {
            return sent(deliver(deliveries.poll(), now));
        }
        double what = random.nextDouble();
        if ((what -= DUPLICATES) < 0 && !recent.isEmpty()) {
            return duplicate();
        }
        if ((what -= BAD_MESSAGES) < 0) {
            return badMessage(product(), now);
        }
        if ((what -= BAD_LINES) < 0) {
            return badLine(product(), now);
        }
        if ((what -= DELISTINGS) < 0) {
            return delist(anyProduct(), now);
        }
        if ((what -= COUNTS) < 0) {
            ShopProduct product = anyProduct();
            return sent(message(Kind.COUNT, product, product.shelves(), now));
        }
        Message sale = sell(product(), now);
        if (what < LATE) {
            // Up to two days late: newer messages of the product overtake it, so it is superseded.
            delayed.add(
                    new Delayed(
                            now + random.nextLong(ShopDay.MILLIS / 10, 2 * ShopDay.MILLIS),
                            new Message(
                                    Kind.LATE,
                                    sale.key(),
                                    sale.value(),
                                    sale.time(),
                                    sale.lines(),
                                    0)));
            return next(now);
        }
        return sent(sale);
    }

    /** Returns a change that purchasing makes to a product. */
    CatalogChange catalogChange(long now) {
        ShopProduct product = anyProduct();
        return new CatalogChange(product.id(), ShopJson.catalogEntry(product, now, random));
    }

    /**
     * Returns what the newest messages say: quantity by {@code product_id|warehouse_id}. Delayed
     * messages change nothing in it: they are about a past that newer messages have overtaken.
     */
    Map<String, Long> levels() {
        Map<String, Long> levels = new HashMap<>();
        for (ShopProduct product : products) {
            for (Shelf shelf : product.shelves()) {
                if (shelf.sent() != null) {
                    levels.put(product.id() + "|" + shelf.warehouse(), shelf.sent());
                }
            }
        }
        return levels;
    }

    /** Returns a message that is still delayed, at the end; empty: all were sent. */
    Optional<Message> nextDelayed() {
        return Optional.ofNullable(delayed.poll()).map(Delayed::message);
    }

    private Message sell(ShopProduct first, long now) {
        ShopProduct product = first;
        Shelf shelf = busiest(product, now);
        // A customer who finds the shelf empty buys something else; but now and then two clerks
        // sell
        // the last piece.
        for (int i = 0; i < 10 && shelf.quantity() <= 0 && random.nextInt(100) > 0; i++) {
            product = product();
            shelf = busiest(product, now);
        }
        long wanted = 1 + random.nextInt(random.nextInt(6) + 1);
        boolean careless = random.nextInt(100) == 0;
        long sold = careless ? wanted : Math.min(wanted, Math.max(0, shelf.quantity()));
        shelf.add(-sold);
        if (shelf.quantity() < LOW && !shelf.isOrdered()) {
            shelf.ordered(true);
            deliveries.add(
                    new Delivery(now + shelf.restockingDays() * ShopDay.MILLIS, product, shelf));
        }
        // A stock system tells of the shelf that moved, and often of its neighbours too.
        return message(
                Kind.SALE,
                product,
                random.nextInt(3) == 0 ? product.shelves() : List.of(shelf),
                now);
    }

    private Message deliver(Delivery delivery, long now) {
        Shelf shelf = delivery.shelf();
        shelf.ordered(false);
        shelf.add(delivery.product().lot() + random.nextInt(160));
        return message(Kind.RESTOCK, delivery.product(), List.of(shelf), now);
    }

    private Message delist(ShopProduct product, long now) {
        return new Message(Kind.DELISTING, product.id(), null, product.delist(now), 0, 0);
    }

    private Message duplicate() {
        int back = random.nextInt(recent.size());
        Message message = recent.stream().skip(back).findFirst().orElseThrow();
        return new Message(
                Kind.DUPLICATE,
                message.key(),
                message.value(),
                message.time(),
                message.lines(),
                message.badLines());
    }

    private Message badMessage(ShopProduct product, long now) {
        byte[] value = ShopJson.broken(product, now, random);
        return new Message(Kind.BAD_MESSAGE, product.id(), value, now, 0, 0);
    }

    /** A message with one bad line, which is lost, and good ones, which are not. */
    private Message badLine(ShopProduct product, long now) {
        List<Shelf> good =
                product.shelves().stream()
                        .filter(shelf -> !shelf.warehouse().equals(ShopJson.BAD_WAREHOUSE))
                        .toList();
        long time = product.send(good, now);
        byte[] value = ShopJson.withBadLine(product, good, time, random);
        return sent(new Message(Kind.BAD_LINE, product.id(), value, time, good.size() + 1, 1));
    }

    private Message message(Kind kind, ShopProduct product, List<Shelf> shelves, long now) {
        long time = product.send(shelves, now);
        byte[] value = ShopJson.message(product, shelves, time);
        return new Message(kind, product.id(), value, time, shelves.size(), 0);
    }

    private Message sent(Message message) {
        recent.addLast(message);
        if (recent.size() > RECENT) {
            recent.removeFirst();
        }
        return message;
    }

    private ShopProduct anyProduct() {
        return products.get(random.nextInt(products.size()));
    }

    /** One of the products, the likelier the better it sells. */
    private ShopProduct product() {
        double point = random.nextDouble() * popularity[popularity.length - 1];
        int low = 0;
        int high = popularity.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (popularity[middle] < point) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return products.get(low);
    }

    /** One of the product's shelves, the likelier the more it is day there. */
    private Shelf busiest(ShopProduct product, long now) {
        double sum = 0;
        for (Shelf shelf : product.shelves()) {
            sum += ShopDay.rhythm(shelf.warehouse(), now);
        }
        double point = random.nextDouble() * sum;
        for (Shelf shelf : product.shelves()) {
            point -= ShopDay.rhythm(shelf.warehouse(), now);
            if (point < 0) {
                return shelf;
            }
        }
        return product.shelves().get(0);
    }

    private record Delivery(long at, ShopProduct product, Shelf shelf) {}

    private record Delayed(long until, Message message) {}
}
