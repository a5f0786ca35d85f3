package io.slackwater.pricing.demo;

import io.slackwater.pricing.demo.Shop.CatalogChange;
import io.slackwater.pricing.demo.Shop.Kind;
import io.slackwater.pricing.demo.Shop.Message;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** The shop's messages as they happen: event time is now. */
final class ShopTraffic implements Traffic {

    private static final int TICK_MILLIS = 20;

    /** A change of the catalog for so many messages. */
    private static final int MESSAGES_PER_CATALOG_CHANGE = 600;

    private final Shop shop;
    private final double rate;
    private final LongSupplier clock;
    private long unusable;

    /**
     * @param rate messages a second, on average over a day of the shop
     * @param clock epoch milliseconds
     */
    ShopTraffic(Shop shop, double rate, LongSupplier clock) {
        this.shop = shop;
        this.rate = rate;
        this.clock = clock;
    }

    @Override
    public void run(Feed feed, Stop stop) throws InterruptedException {
        long now = clock.getAsLong();
        for (Message message : shop.opening(now)) {
            send(feed, message);
        }
        double due = 0;
        long sent = 0;
        while (!stop.within(TICK_MILLIS)) {
            // A wall clock may be set back; the shop's may not.
            long then = now;
            now = Math.max(then, clock.getAsLong());
            for (due += (now - then) * rate * ShopDay.rhythm(now) / 1000; due >= 1; due--) {
                send(feed, shop.next(now));
                if (++sent % MESSAGES_PER_CATALOG_CHANGE == 0) {
                    CatalogChange change = shop.catalogChange(now);
                    feed.catalogEntry(change.productId(), change.entry());
                }
            }
        }
        Optional<Message> held;
        while ((held = shop.nextDelayed()).isPresent()) {
            send(feed, held.get());
        }
    }

    private void send(Feed feed, Message message) {
        Long time = message.kind() == Kind.DELISTING ? message.time() : null;
        if (message.kind() == Kind.BAD_MESSAGE) {
            unusable++;
        }
        feed.inventory(
                message.kind().text(),
                message.key(),
                message.value(),
                time,
                message.lines(),
                message.badLines());
    }

    @Override
    public Map<String, Long> levels() {
        return shop.levels();
    }

    @Override
    public OptionalLong unusable() {
        return OptionalLong.of(unusable);
    }
}
