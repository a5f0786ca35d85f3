package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
 * #DAY_MILLIS}, so that somebody who looks on for a minute sees days pass and deliveries arrive.
 *
 * <p>For one thread.
 */
final class Shop {

    /** A day of the shop: of its daily rhythm, and of its restocking times. */
    static final long DAY_MILLIS = 20_000;

    /** With their local time as a share of the day ahead of the first one's. */
    private static final Map<String, Double> WAREHOUSES =
            Map.of(
                    "WH-GDN", 0.0,
                    "WH-HAM", 0.02,
                    "WH-MIL", 0.05,
                    "WH-BCN", 0.10,
                    "WH-LYO", 0.12,
                    "WH-DUB", 0.25,
                    "WH-YUL", 0.45);

    private static final List<String> WAREHOUSE_IDS =
            WAREHOUSES.keySet().stream().sorted().toList();

    /** Products that nobody has entered into the catalog: they have the book's default tier. */
    private static final int UNKNOWN_PRODUCTS = 12;

    private static final double ZIPF_EXPONENT = 1.05;
    private static final int HOTTEST_DELIVERY = 500;
    private static final int LOW = 15;
    private static final int RECENT = 256;

    // How often, of all messages.
    private static final double DUPLICATES = 0.02;
    private static final double LATE = 0.02;
    private static final double BAD_MESSAGES = 0.003;
    private static final double BAD_LINES = 0.003;
    private static final double DELISTINGS = 0.0005;
    private static final double COUNTS = 0.05;

    /** What a message tells, and what is wrong with it. */
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
    private final List<Product> products = new ArrayList<>();
    private final double[] popularity;
    private final PriorityQueue<Delivery> deliveries =
            new PriorityQueue<>(Comparator.comparingLong(Delivery::at));
    private final PriorityQueue<Held> held =
            new PriorityQueue<>(Comparator.comparingLong(Held::until));
    private final ArrayDeque<Message> recent = new ArrayDeque<>();

    /**
     * @param seed of everything that happens in it
     * @param catalog the products that it sells, as {@code product_catalog} has them
     */
    Shop(long seed, List<JsonNode> catalog) {
        random = new SplittableRandom(seed);
        for (JsonNode entry : catalog) {
            products.add(
                    new Product(
                            entry.path("product_id").asText(), entry.path("category").asText()));
        }
        for (int i = 1; i <= UNKNOWN_PRODUCTS; i++) {
            products.add(new Product("NEW-%03d".formatted(i), "novelty"));
        }
        // The hottest seller is any of them, not the first of the catalog.
        for (int i = products.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            Product other = products.get(i);
            products.set(i, products.get(j));
            products.set(j, other);
        }
        popularity = new double[products.size()];
        double sum = 0;
        for (int i = 0; i < popularity.length; i++) {
            double share = 1 / Math.pow(i + 1, ZIPF_EXPONENT);
            sum += share;
            popularity[i] = sum;
            products.get(i).stockUp(share);
        }
    }

    /** The stock of every product at the start: one message a product, all its warehouses. */
    List<Message> opening(long now) {
        return products.stream()
                .map(product -> message(Kind.OPENING, product, product.shelves, now))
                .toList();
    }

    /** How busy the shop is at a time: 1 on average over a day, never 0. */
    static double rhythm(long now) {
        return rhythmOf(dayShare(now));
    }

    /** What happens next, at this time; times never go back. */
    Message next(long now) {
        if (!held.isEmpty() && held.peek().until() <= now) {
            return sent(held.poll().message());
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
            return delist(products.get(random.nextInt(products.size())), now);
        }
        if ((what -= COUNTS) < 0) {
            Product product = products.get(random.nextInt(products.size()));
            return sent(message(Kind.COUNT, product, product.shelves, now));
        }
        Message sale = sell(product(), now);
        if (what < LATE) {
            // Up to two days: others of the same product overtake it, and then it is superseded.
            held.add(
                    new Held(
                            now + random.nextLong(DAY_MILLIS / 10, 2 * DAY_MILLIS),
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

    /** Somebody in purchasing changes their mind about a product. */
    CatalogChange catalogChange(long now) {
        Product product = products.get(random.nextInt(products.size()));
        StringBuilder json = new StringBuilder(160);
        json.append("{\"product_id\":\"").append(product.id).append('"');
        String tier = List.of("premium", "standard", "basic").get(random.nextInt(3));
        json.append(",\"price_tier\":\"").append(tier).append('"');
        if (random.nextInt(3) > 0) {
            json.append(",\"list_price\":").append(random.nextInt(3, 25)).append(".95");
        }
        json.append(",\"category\":\"").append(product.category).append('"');
        json.append(",\"updated_at\":\"").append(iso(now)).append("\"}");
        return new CatalogChange(product.id, bytes(json));
    }

    /**
     * What the newest messages say: quantity by {@code product_id|warehouse_id}. Held-back messages
     * change nothing in it, as they tell of a past that others overtook or will not change.
     */
    Map<String, Long> levels() {
        Map<String, Long> levels = new HashMap<>();
        for (Product product : products) {
            for (Shelf shelf : product.shelves) {
                if (shelf.told != null) {
                    levels.put(product.id + "|" + shelf.warehouse, shelf.told);
                }
            }
        }
        return levels;
    }

    /** Sends what was held back, at the end: nothing that happened stays untold. */
    Optional<Message> heldBack() {
        return Optional.ofNullable(held.poll()).map(Held::message);
    }

    private Message sell(Product first, long now) {
        Product product = first;
        Shelf shelf = busiest(product, now);
        // Who finds the shelf empty buys something else; but now and then two clerks sell the last
        // piece.
        for (int i = 0; i < 10 && shelf.quantity <= 0 && random.nextInt(100) > 0; i++) {
            product = product();
            shelf = busiest(product, now);
        }
        long wanted = 1 + random.nextInt(random.nextInt(6) + 1);
        boolean careless = random.nextInt(100) == 0;
        long sold = careless ? wanted : Math.min(wanted, Math.max(0, shelf.quantity));
        shelf.quantity -= sold;
        if (shelf.quantity < LOW && !shelf.ordered) {
            shelf.ordered = true;
            deliveries.add(new Delivery(now + shelf.restockingDays * DAY_MILLIS, product, shelf));
        }
        // A stock system tells of the shelf that moved, and often of its neighbours too.
        return message(
                Kind.SALE, product, random.nextInt(3) == 0 ? product.shelves : List.of(shelf), now);
    }

    private Message deliver(Delivery delivery, long now) {
        Shelf shelf = delivery.shelf();
        shelf.ordered = false;
        shelf.quantity += delivery.product().usualDelivery + random.nextInt(160);
        return message(Kind.RESTOCK, delivery.product(), List.of(shelf), now);
    }

    private Message delist(Product product, long now) {
        for (Shelf shelf : product.shelves) {
            shelf.told = null;
        }
        product.lastTold = Math.max(product.lastTold + 1, now);
        return new Message(Kind.DELISTING, product.id, null, product.lastTold, 0, 0);
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

    private Message badMessage(Product product, long now) {
        String good = document(product, product.shelves.subList(0, 1), now);
        byte[] value =
                switch (random.nextInt(7)) {
                    case 0 -> bytes(good.substring(0, good.length() / 2));
                    case 1 -> bytes("<inventory product=\"" + product.id + "\"/>");
                    case 2 -> bytes(good.replace("\"product_id\":\"" + product.id + "\",", ""));
                    case 3 -> bytes(good.replace("\"inventory\":[", "\"inventory\":7,\"was\":["));
                    case 4 -> bytes(good.replace(iso(now).substring(0, 4) + "-", "2099-"));
                    case 5 -> bytes(good.replace("\"event_time\":\"", "\"event_time\":\"about "));
                    default -> new byte[] {(byte) 0xff, (byte) 0xfe, '{', 0, '}', 0};
                };
        return new Message(Kind.BAD_MESSAGE, product.id, value, now, 0, 0);
    }

    /** The good lines are told as ever; the bad one costs itself. */
    private Message badLine(Product product, long now) {
        String bad =
                switch (random.nextInt(5)) {
                    case 0 -> "{\"warehouse_id\":\"WH-GDN\",\"quantity\":\"12\"}";
                    case 1 -> "{\"warehouse_id\":\"WH-GDN\",\"quantity\":1.5}";
                    case 2 -> "{\"warehouse_id\":\"WH-GDN\",\"quantity\":null}";
                    case 3 -> "{\"warehouse_id\":\" \",\"quantity\":3}";
                    default -> "{\"quantity\":3}";
                };
        List<Shelf> good =
                product.shelves.stream().filter(s -> !s.warehouse.equals("WH-GDN")).toList();
        String document = document(product, good, tell(product, good, now));
        String broken =
                document.replace(
                        "\"inventory\":[", "\"inventory\":[" + bad + (good.isEmpty() ? "" : ","));
        return sent(
                new Message(
                        Kind.BAD_LINE,
                        product.id,
                        bytes(broken),
                        product.lastTold,
                        good.size() + 1,
                        1));
    }

    private Message message(Kind kind, Product product, List<Shelf> shelves, long now) {
        String document = document(product, shelves, tell(product, shelves, now));
        return new Message(kind, product.id, bytes(document), product.lastTold, shelves.size(), 0);
    }

    /** Notes what is told, and when: no product has two messages of one time. */
    private static long tell(Product product, List<Shelf> shelves, long now) {
        product.lastTold = Math.max(product.lastTold + 1, now);
        for (Shelf shelf : shelves) {
            shelf.told = shelf.quantity;
        }
        return product.lastTold;
    }

    private static String document(Product product, List<Shelf> shelves, long time) {
        StringBuilder json = new StringBuilder(400);
        json.append("{\"product_id\":\"").append(product.id);
        json.append("\",\"name\":\"").append(product.category).append(' ').append(product.id);
        json.append("\",\"event_time\":\"").append(iso(time)).append("\",\"inventory\":[");
        String comma = "";
        for (Shelf shelf : shelves) {
            json.append(comma).append("{\"warehouse_id\":\"").append(shelf.warehouse);
            json.append("\",\"quantity\":").append(shelf.quantity);
            json.append(",\"delivery_time\":").append(shelf.deliveryDays);
            json.append(",\"restocking_time\":").append(shelf.restockingDays).append('}');
            comma = ",";
        }
        json.append("],\"physical_characteristics\":{\"weight\":").append(product.weight);
        json.append(",\"length\":").append(product.length);
        json.append(",\"width\":").append(product.width);
        json.append(",\"height\":").append(product.height).append("}}");
        return json.toString();
    }

    private Message sent(Message message) {
        recent.addLast(message);
        if (recent.size() > RECENT) {
            recent.removeFirst();
        }
        return message;
    }

    private Product product() {
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
    private Shelf busiest(Product product, long now) {
        double sum = 0;
        for (Shelf shelf : product.shelves) {
            sum += rhythmOf(dayShare(now) - WAREHOUSES.get(shelf.warehouse));
        }
        double point = random.nextDouble() * sum;
        for (Shelf shelf : product.shelves) {
            point -= rhythmOf(dayShare(now) - WAREHOUSES.get(shelf.warehouse));
            if (point < 0) {
                return shelf;
            }
        }
        return product.shelves.get(0);
    }

    private static double dayShare(long now) {
        return Math.floorMod(now, DAY_MILLIS) / (double) DAY_MILLIS;
    }

    private static double rhythmOf(double dayShare) {
        return 1 - 0.6 * Math.cos(2 * Math.PI * dayShare);
    }

    private static String iso(long millis) {
        Instant instant = Instant.ofEpochMilli(millis);
        String text = instant.truncatedTo(ChronoUnit.SECONDS).toString();
        return "%s.%03dZ"
                .formatted(text.substring(0, text.length() - 1), Math.floorMod(millis, 1000));
    }

    private static byte[] bytes(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private record Delivery(long at, Product product, Shelf shelf) {}

    private record Held(long until, Message message) {}

    private final class Product {
        private final String id;
        private final String category;
        private final List<Shelf> shelves = new ArrayList<>();
        private final int weight = 1 + random.nextInt(20);
        private final int length = 5 + random.nextInt(60);
        private final int width = 5 + random.nextInt(40);
        private final int height = 2 + random.nextInt(40);
        private long lastTold = Long.MIN_VALUE;
        private int usualDelivery;

        private Product(String id, String category) {
            this.id = id;
            this.category = category;
            int skipped = random.nextInt(WAREHOUSE_IDS.size() - 2);
            int first = random.nextInt(WAREHOUSE_IDS.size());
            for (int i = 0; i < WAREHOUSE_IDS.size() - skipped; i++) {
                shelves.add(new Shelf(WAREHOUSE_IDS.get((first + i) % WAREHOUSE_IDS.size())));
            }
        }

        /** Hot sellers are ordered in larger lots, and still run out at times. */
        private void stockUp(double share) {
            usualDelivery = 40 + (int) (HOTTEST_DELIVERY * share);
            for (Shelf shelf : shelves) {
                shelf.quantity = random.nextInt(2 * usualDelivery);
            }
        }
    }

    /** A product's place in a warehouse. */
    private final class Shelf {
        private final String warehouse;
        private final int deliveryDays = 1 + random.nextInt(5);
        private final int restockingDays = 1 + random.nextInt(4);
        private long quantity;
        private boolean ordered;

        /** What the newest message says of it; null: nothing, or it was delisted. */
        private Long told;

        private Shelf(String warehouse) {
            this.warehouse = warehouse;
        }
    }
}
