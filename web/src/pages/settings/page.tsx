// Settings: current values, where they come from, and who may change them.
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Page } from '../../parts/page.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { settingsRoute } from '../../router.tsx';
import { useMe } from '../../shell/me.ts';
import { AgentsCard } from './agents-card.tsx';
import { AuditCard } from './audit-card.tsx';
import { InvitesCard } from './invites-card.tsx';
import { ModelsCard } from './models-card.tsx';
import { PushCard } from './push-card.tsx';
import { groupTitles, type SettingGroup, settingGroups } from './setting-groups.ts';
import { SettingsCard } from './settings-card.tsx';
import { SpendingLimits } from './spending-limits.tsx';
import { StandingAnswers } from './standing-answers.tsx';
import { TokensCard } from './tokens-card.tsx';
import { useSettings } from './use-settings.ts';

export function SettingsPage() {
  const { group = 'limits' } = settingsRoute.useSearch();
  const navigate = useNavigate({ from: '/settings' });
  const isAdmin = useMe().me.role === 'admin';
  useTabInView(group);
  return (
    <Page
      title="Settings"
      lead={
        isAdmin
          ? 'Changes apply to all machines immediately. Every change is recorded and can be reverted.'
          : 'You have view-only access. Only admins can change settings.'
      }
    >
      <Tabs
        label="Settings groups"
        value={group}
        onChange={(name) => void navigate({ search: { group: name }, resetScroll: false })}
        tabs={settingGroups.map((name) => ({
          name,
          title: groupTitles[name],
          content: <Group group={name} isAdmin={isAdmin} />,
        }))}
      />
    </Page>
  );
}

/** On small screens the tabs scroll sideways. */
function useTabInView(group: SettingGroup): void {
  useEffect(() => {
    document
      .querySelector(`[role="tab"][id$="-${group}"]`)
      ?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [group]);
}

interface GroupProps {
  group: SettingGroup;
  isAdmin: boolean;
}

function Group({ group, isAdmin }: GroupProps) {
  const isPerson = useMe().me.is_person;
  return (
    <div className="flex flex-col gap-5">
      {group === 'people' && isPerson ? <PushCard /> : null}
      <GroupSettings group={group} isAdmin={isAdmin} />
      {group === 'limits' ? <SpendingLimits isAdmin={isAdmin} /> : null}
      {group === 'policies' ? <StandingAnswers /> : null}
      {group === 'models' ? <ModelsCard /> : null}
      {group === 'agents' ? <AgentsCard /> : null}
      {group === 'people' ? (
        <>
          {isAdmin ? <InvitesCard /> : null}
          <TokensCard isAdmin={isAdmin} />
          <AuditCard />
        </>
      ) : null}
    </div>
  );
}

function GroupSettings({ group, isAdmin }: GroupProps) {
  const settings = useSettings();
  if (settings.isPending) return <Loading what="the settings" lines={8} />;
  if (settings.isError && !settings.data)
    return <Failed error={settings.error} onRetry={() => void settings.refetch()} />;
  const items = settings.data.items.filter((setting) => setting.group === group);
  return (
    <>
      {settings.isError ? <Failed error={settings.error} onRetry={() => void settings.refetch()} /> : null}
      <SettingsCard title={groupTitles[group]} items={items} isAdmin={isAdmin} />
    </>
  );
}
