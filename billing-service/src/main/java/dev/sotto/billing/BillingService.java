package dev.sotto.billing;

import dev.sotto.platform.PlatformConfiguration;
import dev.sotto.platform.start.ServiceStart;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The billing service, as an application of its own or in a process with others. */
@SpringBootApplication
@EnableScheduling
@EnableConfigurationProperties(BillingSettings.class)
@Import(PlatformConfiguration.class)
public class BillingService {
  /** Made by Spring. */
  public BillingService() {}

  /** Its name: that of its settings file and its schema. */
  public static final String NAME = "billing";

  /** Runs it. */
  public static void main(String[] args) {
    ServiceStart.of(BillingService.class, NAME).run(args);
  }
}
