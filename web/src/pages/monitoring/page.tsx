// From top to bottom: is anything wrong, why, and what to do.
import { Page } from '../../parts/page.tsx';
import { monitoringRoute } from '../../router.tsx';
import { AgentsCard } from './agents.tsx';
import { AheadCard } from './ahead.tsx';
import { AlertsCard } from './alerts.tsx';
import { BudgetCard } from './budget.tsx';
import { CircuitsCard } from './circuits.tsx';
import { DriftsCard } from './drifts.tsx';
import { ErrorDrawer } from './error-drawer.tsx';
import { ErrorGroupsCard } from './error-groups.tsx';
import { Figures } from './figures.tsx';
import { MachinesCard } from './machines.tsx';
import { RangeSwitch } from './range-switch.tsx';
import { RecoveryCard } from './recovery.tsx';
import { Section } from './section.tsx';
import { SessionsCard } from './sessions.tsx';
import { StuckCard } from './stuck.tsx';
import { TargetsCard } from './targets.tsx';
import { ErrorsCard, QuestionsCard, SpendCard, ThroughputCard } from './trends.tsx';
import { Verdict } from './verdict.tsx';

const pairClass = 'grid min-w-0 gap-4 xl:grid-cols-2 [&>*]:min-w-0';

export function MonitoringPage() {
  const { range = '24h' } = monitoringRoute.useSearch();
  return (
    <Page title="Monitoring" actions={<RangeSwitch to="/monitoring" range={range} />}>
      <Verdict />
      <Figures range={range} />
      <div className={pairClass}>
        <Section id="budget">
          <BudgetCard />
        </Section>
        <Section id="stuck">
          <StuckCard />
        </Section>
      </div>
      <Section id="errors">
        <ErrorGroupsCard range={range} />
      </Section>
      <div className={pairClass}>
        <SpendCard range={range} />
        <ErrorsCard range={range} />
        <ThroughputCard range={range} />
        <QuestionsCard range={range} />
        <RecoveryCard range={range} />
        <Section id="targets">
          <TargetsCard />
        </Section>
        <Section id="circuits">
          <CircuitsCard />
        </Section>
        <Section id="alerts">
          <AlertsCard />
        </Section>
        <Section id="reconcile">
          <DriftsCard />
        </Section>
        <Section id="machines">
          <MachinesCard />
        </Section>
        <Section id="sessions">
          <SessionsCard />
        </Section>
        <Section id="agents">
          <AgentsCard />
        </Section>
      </div>
      <Section id="ahead">
        <AheadCard />
      </Section>
      <ErrorDrawer range={range} />
    </Page>
  );
}
