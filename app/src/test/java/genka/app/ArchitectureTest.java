package genka.app;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The arrows of the house: who may know whom, and who may print. */
class ArchitectureTest {
    /** Each module and the modules it may use. */
    private static final Map<String, List<String>> ARROWS = Map.of(
            "units", List.of(),
            "catalog", List.of("units"),
            "plan", List.of("units", "catalog"),
            "books", List.of("units", "catalog", "plan"),
            "kernel", List.of(),
            "model", List.of("units", "catalog", "kernel"),
            "generate", List.of("units", "catalog", "kernel", "model"),
            "train", List.of("units", "catalog", "books", "kernel", "model", "generate"),
            "report", List.of("units", "catalog", "books", "plan"),
            "app", List.of("units", "catalog", "plan", "books", "kernel", "model", "generate", "train", "report"));

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("testkit"))
            .importPackages("genka");

    @Test
    void everyModuleIsSeen() {
        TreeSet<String> seen = new TreeSet<>();
        HOUSE.forEach(type -> seen.add(module(type)));
        assertThat(seen).isEqualTo(new TreeSet<>(ARROWS.keySet()));
    }

    @Test
    void arrowsPointOneWay() {
        ARROWS.forEach((from, allowed) -> {
            for (String to : ARROWS.keySet()) {
                if (!to.equals(from) && !allowed.contains(to)) {
                    noClasses()
                            .that(are(resideInAPackage("genka." + from + "..")))
                            .should()
                            .dependOnClassesThat(resideInAPackage("genka." + to + ".."))
                            .because(from + " does not know " + to + " (design.md, the house)")
                            .check(HOUSE);
                }
            }
        });
    }

    @Test
    void onlyKernelUsesTheVectorApi() {
        noClasses()
                .that()
                .resideOutsideOfPackage("genka.kernel..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.incubator.vector..")
                .check(HOUSE);
    }

    /** With a second kind of vectors in a process the compiler makes objects of all of them: see Vectors.blockSquares. */
    @Test
    void onlyLanesChoosesAKindOfVectors() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("genka.kernel.Lanes")
                .should()
                .accessTargetWhere(describe(
                        "a species of vectors is chosen", access -> chooses(access.getTargetOwner(), access.getName())))
                .check(HOUSE);
    }

    @Test
    void onlyAppPrints() {
        noClasses()
                .that()
                .resideOutsideOfPackage("genka.app..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(HOUSE);
    }

    @Test
    void inAppOnlyTheTerminalTouchesTheStreams() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("genka.app.Terminal")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .accessField(java.io.FileDescriptor.class, "out")
                .orShould()
                .accessField(java.io.FileDescriptor.class, "err")
                .check(HOUSE);
    }

    @Test
    void onlyAppListensOrExits() {
        noClasses()
                .that()
                .resideOutsideOfPackage("genka.app..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.net.httpserver..")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.ServerSocket")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(HOUSE);
    }

    @Test
    void everyPackageIsNullMarked() {
        classes().should(liveInANullMarkedPackage()).check(HOUSE);
    }

    @Test
    void noNamesThatSayNothing() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .check(HOUSE);
    }

    private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
        return new ArchCondition<>("live in a package whose package-info is @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(SimpleConditionEvent.violated(
                            type, type.getPackageName() + " has no @NullMarked package-info"));
                }
            }
        };
    }

    private static boolean chooses(JavaClass owner, String member) {
        boolean named = member.startsWith("SPECIES_");
        boolean asked = owner.getSimpleName().equals("VectorSpecies") && member.startsWith("of");
        return owner.getPackageName().equals("jdk.incubator.vector") && (named || asked);
    }

    private static String module(JavaClass type) {
        String[] names = type.getPackageName().split("\\.", -1);
        return names[1];
    }
}
