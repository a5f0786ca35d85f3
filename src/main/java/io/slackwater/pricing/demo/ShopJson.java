package io.slackwater.pricing.demo;

import io.slackwater.pricing.demo.ShopProduct.Shelf;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SplittableRandom;

/** The documents of the shop: good ones, and ones that are broken as those of real senders are. */
final class ShopJson {

    /** The warehouse of a line that is bad. */
    static final String BAD_WAREHOUSE = "WH-GDN";

    private ShopJson() {}

    /** Returns a message about some shelves of a product. */
    static byte[] message(ShopProduct product, List<Shelf> shelves, long time) {
        return bytes(text(product, shelves, time));
    }

    /**
     * Returns the message with one more line, which is bad.
     *
     * @param shelves the good lines; none of them in {@link #BAD_WAREHOUSE}
     */
    static byte[] withBadLine(
            ShopProduct product, List<Shelf> shelves, long time, SplittableRandom random) {
        String bad =
                switch (random.nextInt(5)) {
                    case 0 -> "{\"warehouse_id\":\"" + BAD_WAREHOUSE + "\",\"quantity\":\"12\"}";
                    case 1 -> "{\"warehouse_id\":\"" + BAD_WAREHOUSE + "\",\"quantity\":1.5}";
                    case 2 -> "{\"warehouse_id\":\"" + BAD_WAREHOUSE + "\",\"quantity\":null}";
                    case 3 -> "{\"warehouse_id\":\" \",\"quantity\":3}";
                    default -> "{\"quantity\":3}";
                };
        String list = "\"inventory\":[";
        return bytes(
                text(product, shelves, time)
                        .replace(list, list + bad + (shelves.isEmpty() ? "" : ",")));
    }

    /** Returns a message that cannot be used at all. */
    static byte[] broken(ShopProduct product, long time, SplittableRandom random) {
        String good = text(product, product.shelves().subList(0, 1), time);
        return switch (random.nextInt(7)) {
            case 0 -> bytes(good.substring(0, good.length() / 2));
            case 1 -> bytes("<inventory product=\"" + product.id() + "\"/>");
            case 2 -> bytes(good.replace("\"product_id\":\"" + product.id() + "\",", ""));
            case 3 -> bytes(good.replace("\"inventory\":[", "\"inventory\":7,\"was\":["));
            case 4 -> bytes(good.replace(iso(time).substring(0, 4) + "-", "2099-"));
            case 5 -> bytes(good.replace("\"event_time\":\"", "\"event_time\":\"about "));
            default -> new byte[] {(byte) 0xff, (byte) 0xfe, '{', 0, '}', 0};
        };
    }

    /** Returns a new tier, and often a new list price, of a product. */
    static byte[] catalogEntry(ShopProduct product, long time, SplittableRandom random) {
        StringBuilder json = new StringBuilder(160);
        json.append("{\"product_id\":\"").append(product.id()).append('"');
        String tier = List.of("premium", "standard", "basic").get(random.nextInt(3));
        json.append(",\"price_tier\":\"").append(tier).append('"');
        if (random.nextInt(3) > 0) {
            json.append(",\"list_price\":").append(random.nextInt(3, 25)).append(".95");
        }
        json.append(",\"category\":\"").append(product.category()).append('"');
        json.append(",\"updated_at\":\"").append(iso(time)).append("\"}");
        return bytes(json);
    }

    private static String text(ShopProduct product, List<Shelf> shelves, long time) {
        StringBuilder json = new StringBuilder(400);
        json.append("{\"product_id\":\"").append(product.id());
        json.append("\",\"name\":\"").append(product.category()).append(' ').append(product.id());
        json.append("\",\"event_time\":\"").append(iso(time)).append("\",\"inventory\":[");
        String comma = "";
        for (Shelf shelf : shelves) {
            json.append(comma).append("{\"warehouse_id\":\"").append(shelf.warehouse());
            json.append("\",\"quantity\":").append(shelf.quantity());
            json.append(",\"delivery_time\":").append(shelf.deliveryDays());
            json.append(",\"restocking_time\":").append(shelf.restockingDays()).append('}');
            comma = ",";
        }
        json.append("],\"physical_characteristics\":{\"weight\":").append(product.weight());
        json.append(",\"length\":").append(product.length());
        json.append(",\"width\":").append(product.width());
        json.append(",\"height\":").append(product.height()).append("}}");
        return json.toString();
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
}
