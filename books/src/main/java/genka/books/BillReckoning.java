package genka.books;

import genka.books.AttemptRecord.Entry;
import genka.books.UseClock.Slice;
import genka.catalog.RateCard;
import genka.units.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reckons one bill: exact amounts first, then all roundings at once so that everything adds up. */
final class BillReckoning {
    private record Key(String stage, String use) {}

    /**
     * A line before rounding. Nanoseconds times USD per hour stay exact; dividing by the nanoseconds of an hour would not.
     */
    private record Cost(BigDecimal nanos, BigDecimal usdPerHour) {
        BigDecimal amount() {
            return nanos.multiply(usdPerHour);
        }

        Cost plus(Cost other) {
            return new Cost(nanos.add(other.nanos), usdPerHour);
        }
    }

    private final RunSummary run;
    private final BillTerms terms;
    private final BigDecimal hardware;
    private final BigDecimal power;
    private final Map<BillPart, Map<Key, Cost>> costs = new EnumMap<>(BillPart.class);
    private final int scale;
    /** One unit of the last digit, in nanoseconds times USD per hour. */
    private final BigDecimal coin;

    BillReckoning(RunSummary run, List<RunSummary> earlier, BillTerms terms) {
        this.run = run;
        this.terms = terms;
        this.hardware = Price.hardwareUsdPerHour(terms.card());
        this.power = Price.powerUsdPerHour(terms.card());
        for (int i = 0; i < run.attempts().size(); i++) {
            boolean last = i == run.attempts().size() - 1;
            run.attempts()
                    .get(i)
                    .slices()
                    .forEach(slice -> machine(BillPart.of(slice.use(), last), slice.stage(), slice));
        }
        for (RunSummary experiment : earlier) {
            experiment.slices().forEach(slice -> machine(BillPart.EXPERIMENTS, BillLine.EARLIER, slice));
        }
        if (terms.people().hours().signum() > 0) {
            BigDecimal nanos = terms.people().hours().multiply(Price.NANOS_PER_HOUR);
            add(
                    BillPart.PEOPLE,
                    new Key("people", "people"),
                    new Cost(nanos, terms.people().usdPerHour()));
        }
        this.scale = scale(exactFull());
        this.coin = Price.NANOS_PER_HOUR.movePointLeft(scale);
    }

    private void machine(BillPart part, String stage, Slice slice) {
        BigDecimal nanos = machineNanos(slice.nanos());
        add(part, new Key(stage, slice.use().name().toLowerCase(Locale.ROOT)), new Cost(nanos, hardware));
        if (power.signum() > 0) {
            String payer = part == BillPart.EXPERIMENTS ? BillLine.EARLIER : "power";
            add(BillPart.POWER, new Key(payer, "power"), new Cost(nanos, power));
        }
    }

    private void add(BillPart part, Key key, Cost cost) {
        costs.computeIfAbsent(part, p -> new LinkedHashMap<>()).merge(key, cost, Cost::plus);
    }

    private BigDecimal machineNanos(long nanos) {
        return BigDecimal.valueOf(nanos).multiply(BigDecimal.valueOf(terms.machines()));
    }

    Bill bill() {
        BigDecimal full = Allotment.coins(exactFull(), coin);
        Map<BillPart, BigDecimal> parts = parts(full);
        BigDecimal headline = headline();
        return new Bill(
                run,
                terms,
                lines(parts),
                money(headline),
                money(full),
                bridge(parts, headline),
                perThousandAnswers(),
                EnergyEstimate.of(run, terms));
    }

    private BigDecimal exactFull() {
        return sum(costs.values().stream().map(BillReckoning::amount).toList());
    }

    /** Cents where they are worth it; more digits for a run of a few cents. */
    private static int scale(BigDecimal full) {
        if (full.compareTo(Price.NANOS_PER_HOUR.movePointRight(2)) >= 0) {
            return 2;
        }
        return full.compareTo(Price.NANOS_PER_HOUR) >= 0 ? 4 : 6;
    }

    /** The headline's price of the headline's hours, in coins. */
    private BigDecimal headline() {
        BigDecimal nanos = sum(costs.getOrDefault(BillPart.HEADLINE, Map.of()).values().stream()
                .map(Cost::nanos)
                .toList());
        return Allotment.coins(
                nanos.multiply(terms.headlineRent().usdPerMachineHour().value()), coin);
    }

    /** The parts' rounded sums in coins: the headline's by itself, the others from what is left of the full cost. */
    private Map<BillPart, BigDecimal> parts(BigDecimal full) {
        Map<BillPart, BigDecimal> parts = new EnumMap<>(BillPart.class);
        List<BillPart> others = new ArrayList<>(costs.keySet());
        BigDecimal rest = full;
        if (others.remove(BillPart.HEADLINE)) {
            BigDecimal first = Allotment.coins(amount(costs.getOrDefault(BillPart.HEADLINE, Map.of())), coin);
            parts.put(BillPart.HEADLINE, first);
            rest = rest.subtract(first);
        }
        List<BigDecimal> exact = others.stream()
                .map(part -> amount(costs.getOrDefault(part, Map.of())))
                .toList();
        List<BigDecimal> coins = Allotment.of(rest, exact, coin);
        for (int i = 0; i < others.size(); i++) {
            parts.put(others.get(i), coins.get(i));
        }
        return parts;
    }

    private List<BillLine> lines(Map<BillPart, BigDecimal> parts) {
        List<BillLine> lines = new ArrayList<>();
        parts.forEach((part, total) -> {
            List<Map.Entry<Key, Cost>> ofPart =
                    List.copyOf(costs.getOrDefault(part, Map.of()).entrySet());
            List<BigDecimal> exact =
                    ofPart.stream().map(entry -> entry.getValue().amount()).toList();
            List<BigDecimal> coins = Allotment.of(total, exact, coin);
            for (int i = 0; i < ofPart.size(); i++) {
                Key key = ofPart.get(i).getKey();
                Cost cost = ofPart.get(i).getValue();
                BigDecimal hours = Price.hours(cost.nanos());
                lines.add(new BillLine(part, key.stage(), key.use(), hours, cost.usdPerHour(), money(coins.get(i))));
            }
        });
        return lines;
    }

    private List<Bill.Term> bridge(Map<BillPart, BigDecimal> parts, BigDecimal headline) {
        List<Bill.Term> bridge = new ArrayList<>();
        if (terms.card() instanceof RateCard.Own) {
            BigDecimal asBilled = parts.getOrDefault(BillPart.HEADLINE, BigDecimal.ZERO);
            bridge.add(new Bill.Term(
                    "depreciation instead of rent for the headline's hours", money(asBilled.subtract(headline))));
        }
        parts.forEach((part, coins) -> {
            if (part != BillPart.HEADLINE) {
                bridge.add(new Bill.Term(part.words(), money(coins)));
            }
        });
        return bridge;
    }

    /** Also what was lost later had been generated and paid for: so from the uses before anything was lost. */
    private Optional<Money> perThousandAnswers() {
        long answers = run.facts().answers();
        if (answers == 0) {
            return Optional.empty();
        }
        long nanos = run.attempts().stream()
                .flatMap(attempt -> attempt.entries().stream())
                .filter(entry -> entry.use() == Use.ROLLOUT || entry.use() == Use.EVALUATION)
                .mapToLong(Entry::nanos)
                .sum();
        BigDecimal thousands = BigDecimal.valueOf(answers).movePointLeft(3);
        BigDecimal usd = machineNanos(nanos)
                .multiply(hardware.add(power))
                .divide(thousands.multiply(Price.NANOS_PER_HOUR), 6, RoundingMode.HALF_UP);
        return Optional.of(Money.usd(usd));
    }

    private Money money(BigDecimal coins) {
        return Money.usd(coins.movePointLeft(scale));
    }

    private static BigDecimal amount(Map<Key, Cost> costs) {
        return sum(costs.values().stream().map(Cost::amount).toList());
    }

    private static BigDecimal sum(List<BigDecimal> amounts) {
        return amounts.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
